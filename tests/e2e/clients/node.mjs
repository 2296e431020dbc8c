// A server that tracks with @segment/analytics-node: its options and calls are the first argument.
import { createRequire } from "node:module";

const { Analytics } = createRequire(`${process.cwd()}/`)("@segment/analytics-node");
const { options, calls } = JSON.parse(process.argv[2]);
const analytics = new Analytics({ maxRetries: 0, ...options });
analytics.on("error", (failed) => {
  console.error(failed);
  process.exitCode = 1;
});
for (const [call, message] of calls) {
  analytics[call](message);
}
await analytics.closeAndFlush({ timeout: 20000 });
