// Takes pictures of pages in their whole height. Told on stdin: {program, environment, profile,
// width, most, pages: [[address, file]]}. Speaks the DevTools protocol through Chromium's own pipe:
// https://chromedevtools.github.io/devtools-protocol/
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

const PATIENCE = 20_000;
const asked = JSON.parse(await text(process.stdin));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"];
const browser = spawn(
  asked.program,
  [...flags, "--remote-debugging-pipe", `--user-data-dir=${asked.profile}`],
  {
    env: { ...process.env, ...asked.environment },
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  },
);
const [to, from] = browser.stdio.slice(3);
const waiting = new Map();
let last = 0;
let rest = "";

from.setEncoding("utf8").on("data", (piece) => {
  const told = (rest + piece).split("\0");
  rest = told.pop();
  for (const one of told.map((line) => JSON.parse(line))) {
    const key = one.id ?? `${one.sessionId} ${one.method}`;
    const { done, failed } = waiting.get(key) ?? {};
    waiting.delete(key);
    if (one.error) failed?.(new Error(one.error.message));
    else done?.(one.result ?? one.params);
  }
});

const heard = (key) =>
  new Promise((done, failed) => waiting.set(key, { done, failed }));

function ask(method, params = {}, sessionId) {
  const id = ++last;
  to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return heard(id);
}

async function picture(address, file) {
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const size = { width: asked.width, height: 400, deviceScaleFactor: 1, mobile: false };
  await ask("Emulation.setDeviceMetricsOverride", size, sessionId);
  await ask("Page.enable", {}, sessionId);
  const loaded = heard(`${sessionId} Page.loadEventFired`);
  await ask("Page.navigate", { url: address }, sessionId);
  await loaded;
  const { cssContentSize } = await ask("Page.getLayoutMetrics", {}, sessionId);
  const height = Math.min(Math.ceil(cssContentSize.height), asked.most);
  const clip = { x: 0, y: 0, width: asked.width, height, scale: 1 };
  const words = { format: "png", captureBeyondViewport: true, clip };
  const { data } = await ask("Page.captureScreenshot", words, sessionId);
  writeFileSync(file, Buffer.from(data, "base64"));
  await ask("Target.closeTarget", { targetId });
}

const end = (code, reason = "") => {
  process.stderr.write(reason);
  browser.kill("SIGKILL");
  process.exit(code);
};
browser.on("error", (broken) => end(1, String(broken)));
browser.on("exit", () => end(1, "it ended by itself"));
for (const [address, file] of asked.pages) {
  const late = setTimeout(() => end(1, `${address} did not load in time`), PATIENCE);
  await picture(address, file).catch((broken) => end(1, String(broken)));
  clearTimeout(late);
}
end(0);
