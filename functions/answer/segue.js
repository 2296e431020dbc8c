// Fills every <div data-segue="PLACEMENT"> of a page and tells what becomes of it.
// What stands in the page stays while there is nothing to show, or nobody to ask.
(() => {
  const { src, dataset } = document.currentScript;
  const hub = src.slice(0, src.lastIndexOf("/"));
  const shown = new Map(); // place -> offer, what was told of it, what stood there before
  const dismissed = new Set();

  const visitor = (() => {
    const fresh = () => crypto.getRandomValues(new Uint32Array(5)).join("-");
    try {
      const name = "ajs_anonymous_id"; // the one of Segment's analytics.js
      localStorage[name] ||= JSON.stringify(fresh());
      return JSON.parse(localStorage[name]);
    } catch {
      return fresh();
    }
  })();

  const post = async (path, words) => {
    const body = JSON.stringify({ ...dataset, visitor, ...words });
    // Plain text needs no preflight.
    const answer = await fetch(`${hub}/${path}`, { method: "POST", body, keepalive: true });
    if (!answer.ok) throw answer.status;
    return answer.json();
  };

  const tell = (place, response) => {
    const now = shown.get(place);
    if (!now || now.told.has(response)) return;
    now.told.add(response);
    post("responses", { reference: now.reference, response }).catch(() => {});
  };

  // Seen is what was half in view for a second.
  const eye = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(target.segue);
        const seen = () => document.hidden || tell(target, "viewed");
        if (isIntersecting) target.segue = setTimeout(seen, 1000);
      }
    },
    { threshold: 0.5 },
  );

  const show = (place, offer) => {
    const now = shown.get(place);
    if (dismissed.has(offer?.offer)) offer = undefined;
    eye.unobserve(place);
    if (now?.html !== offer?.html) {
      const before = now ? now.before : [...place.childNodes];
      place.replaceChildren(...before);
      shown.delete(place);
      if (offer) {
        place.innerHTML = offer.html;
        shown.set(place, { ...offer, before, told: new Set() });
      }
    }
    if (offer) eye.observe(place);
  };

  const click = ({ currentTarget: place, target }) => {
    if (!shown.has(place)) return;
    if (target.closest("[data-segue-dismiss]")) {
      tell(place, "dismissed");
      dismissed.add(shown.get(place).offer);
      show(place);
    } else if (target.closest("a, button")) tell(place, "clicked");
  };

  const refresh = () => {
    for (const place of document.querySelectorAll("[data-segue]")) {
      place.addEventListener("click", click);
      post("decisions", { placement: place.dataset.segue })
        .then(({ offers }) => show(place, offers[0]))
        .catch(() => {});
    }
  };

  window.segue = { refresh }; // for pages that change without being loaded
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", refresh);
  else refresh();
})();
