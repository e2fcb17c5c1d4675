// Opens the pages of a running desk in Chromium, wide and narrow, light and dark, and fails on anything a reader would
// trip over: a breach of WCAG 2.2 AA that axe finds, an error in the console, a page wider than its window.
// Usage: node pages.mjs SIGN_IN_LINK PATH…   (CHROMIUM names the browser; SHOTS a folder for pictures)
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const AXE = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  // Counted as an experiment by axe, and broken sooner than noticed.
  rules: { "label-content-name-mismatch": { enabled: true } },
  // Letters of others are theirs.
  iframes: false,
};
const WINDOWS = [{ width: 1440, height: 900, mobile: false }, { width: 390, height: 844, mobile: true }];
const THEMES = ["light", "dark"];
const ANSWER_MS_MAX = 30_000;
const ALL_MS_MAX = 240_000;

const [link, ...paths] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const profile = mkdtempSync(join(tmpdir(), "aptdesk-pages-"));
const browser = spawn(process.env.CHROMIUM ?? "chromium", [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank",
], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , toBrowser, fromBrowser] = browser.stdio;

const asked = new Map();
const awaited = new Map();
const found = [];
let where = "";
let asks = 0;

let unread = "";
fromBrowser.setEncoding("utf8").on("data", (text) => {
  const messages = (unread + text).split("\0");
  unread = messages.pop();
  for (const message of messages) hear(JSON.parse(message));
});
setTimeout(() => end(`The pages took longer than ${ALL_MS_MAX / 1000} seconds; the last was ${where}.`), ALL_MS_MAX).unref();
browser.on("error", (error) => end(`The browser cannot be started: ${error.message}`));

try {
  await walk();
  end();
} catch (error) {
  end(`${where}: ${error.message}`);
}

function hear({ id, error, result, method, params }) {
  if (id) {
    const { resolve, reject } = asked.get(id);
    asked.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
    return;
  }
  if (method === "Runtime.exceptionThrown") {
    found.push(`${where}: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
  } else if (method === "Runtime.consoleAPICalled" && params.type === "error") {
    found.push(`${where}: the console says ${params.args.map((it) => it.value ?? it.description).join(" ")}`);
  } else if (method === "Log.entryAdded" && params.entry.level === "error") {
    found.push(`${where}: the browser says ${params.entry.text} ${params.entry.url ?? ""}`);
  }
  awaited.get(method)?.();
}

async function walk() {
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const tell = (method, params) => ask(method, params, sessionId);
  const open = async (url) => {
    const loaded = once("Page.loadEventFired");
    await tell("Page.navigate", { url });
    await loaded;
  };
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await tell("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  for (const domain of ["Page", "Runtime", "Log"]) await tell(`${domain}.enable`);

  where = "signing in";
  await open(link);
  const signedIn = once("Page.loadEventFired");
  await evaluate("document.querySelector('form[method=post] button').click()");
  await signedIn;

  for (const { width, height, mobile } of WINDOWS) {
    await tell("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: 1 });
    for (const theme of THEMES) {
      await tell("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }] });
      for (const path of paths) {
        where = `${path} ${width} px wide, ${theme}`;
        await open(new URL(path, link).href);
        await evaluate("Promise.all([document.fonts.ready, customElements.whenDefined('ticket-composer')]).then(() => new Promise(requestAnimationFrame)).then(() => true)");
        const over = await evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (over > 0) found.push(`${where}: ${over} px wider than the window`);
        await evaluate(`${axe}; true`);
        const breaches = await evaluate(`axe.run(document, ${JSON.stringify(AXE)}).then((it) => it.violations.flatMap((rule) =>
          rule.nodes.map((node) => rule.id + " at " + node.target.join(" ") + ": " + node.failureSummary.replace(/\\s+/g, " "))))`);
        found.push(...breaches.map((it) => `${where}: ${it}`));
        if (process.env.SHOTS) {
          const { data } = await tell("Page.captureScreenshot", { format: "png" });
          writeFileSync(join(process.env.SHOTS, `${path.replace(/\W+/g, "_") || "_"}-${width}-${theme}.png`), Buffer.from(data, "base64"));
        }
      }
    }
  }
}

function ask(method, params = {}, sessionId = undefined) {
  const id = ++asks;
  toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return bounded(new Promise((resolve, reject) => asked.set(id, { resolve, reject })), method);
}

function once(method) {
  return bounded(new Promise((resolve) => awaited.set(method, () => {
    awaited.delete(method);
    resolve();
  })), method);
}

function bounded(promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} got no answer`)), ANSWER_MS_MAX)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function end(problem) {
  if (problem) found.push(problem);
  process.stdout.write(found.map((it) => `${it}\n`).join(""));
  process.exitCode = found.length > 0 ? 1 : 0;
  browser.on("exit", () => {
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    } catch {
      // A child of the browser still writes; whoever made the temporary folder takes it away.
    }
    process.exit();
  });
  if (!browser.kill()) process.exit();
}
