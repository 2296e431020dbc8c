// Unpacks the Chromium of @sparticuz/chromium into TMPDIR and says how to start it.
import { createRequire } from "node:module";

const found = createRequire(`${process.cwd()}/`)("@sparticuz/chromium");
const program = await (found.default ?? found).executablePath();
console.log(JSON.stringify({ program, libraries: process.env.LD_LIBRARY_PATH }));
