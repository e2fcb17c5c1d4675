// A Chromium without a window, spoken to over a pipe: enough to open a page, press keys and look at what is there.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ANSWER_MS_MAX = 30_000;
const LOOK_AGAIN_MS = 40;
const KEYS = { Enter: 13, Escape: 27, Tab: 9, ArrowUp: 38, ArrowDown: 40 };
const CONTROL = 2;

/** Starts the browser, runs `visit(page)`, prints what was found and ends the process with 1 if that was anything. */
export async function run(ms_max, visit) {
  const profile = mkdtempSync(join(tmpdir(), "aptdesk-pages-"));
  const browser = spawn(process.env.CHROMIUM ?? "chromium", [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank",
  ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [, , , toBrowser, fromBrowser] = browser.stdio;
  const asked = new Map();
  const awaited = new Map();
  const found = [];
  const page = { where: "the start", found };
  let asks = 0;
  let unread = "";
  fromBrowser.setEncoding("utf8").on("data", (text) => {
    const messages = (unread + text).split("\0");
    unread = messages.pop();
    for (const message of messages) hear(JSON.parse(message));
  });
  setTimeout(() => end(`The pages took longer than ${ms_max / 1000} seconds; the last was ${page.where}.`), ms_max).unref();
  browser.on("error", (error) => end(`The browser cannot be started: ${error.message}`));

  function hear({ id, error, result, method, params }) {
    if (id) {
      const { resolve, reject } = asked.get(id);
      asked.delete(id);
      if (error) reject(new Error(error.message));
      else resolve(result);
      return;
    }
    if (method === "Runtime.exceptionThrown") {
      found.push(`${page.where}: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
    } else if (method === "Runtime.consoleAPICalled" && params.type === "error") {
      found.push(`${page.where}: the console says ${params.args.map((it) => it.value ?? it.description).join(" ")}`);
    } else if (method === "Log.entryAdded" && params.entry.level === "error" && !page.expected?.test(params.entry.text)) {
      found.push(`${page.where}: the browser says ${params.entry.text} ${params.entry.url ?? ""}`);
    }
    awaited.get(method)?.();
  }

  function ask(method, params = {}, sessionId = undefined) {
    const id = ++asks;
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return bounded(new Promise((resolve, reject) => asked.set(id, { resolve, reject })), method);
  }

  page.once = (method) => bounded(new Promise((resolve) => awaited.set(method, () => {
    awaited.delete(method);
    resolve();
  })), method);

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

  try {
    const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
    page.tell = (method, params) => ask(method, params, sessionId);
    for (const domain of ["Page", "Runtime", "Log"]) await page.tell(`${domain}.enable`);
    addVerbs(page);
    await visit(page);
    end();
  } catch (error) {
    end(`${page.where}: ${error.message}`);
  }
}

function addVerbs(page) {
  page.open = async (url) => {
    const loaded = page.once("Page.loadEventFired");
    await page.tell("Page.navigate", { url });
    await loaded;
  };
  page.evaluate = async (expression) => {
    const { result, exceptionDetails } = await page.tell("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  page.signIn = async (link) => {
    page.where = "signing in";
    await page.open(link);
    const signedIn = page.once("Page.loadEventFired");
    await page.evaluate("document.querySelector('form[method=post] button').click()");
    await signedIn;
  };
  page.settled = () => page.evaluate("Promise.all([document.fonts.ready, customElements.whenDefined('ticket-composer'), customElements.whenDefined('command-palette')]).then(() => new Promise(requestAnimationFrame)).then(() => true)");
  /** Looks until the expression is true; says what was waited for when it never is. */
  page.until = async (what, expression) => {
    const late = Date.now() + ANSWER_MS_MAX;
    while (!(await page.evaluate(`!!(${expression})`))) {
      if (Date.now() > late) throw new Error(`${what}: never came`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  };
  page.expect = async (what, expression) => {
    if (!(await page.evaluate(`!!(${expression})`))) page.found.push(`${page.where}: ${what}`);
  };
  page.press = async (key, { control = false } = {}) => {
    const letter = key.length === 1;
    const common = { key, code: letter ? `Key${key.toUpperCase()}` : key, windowsVirtualKeyCode: KEYS[key] ?? key.toUpperCase().charCodeAt(0), modifiers: control ? CONTROL : 0 };
    const text = key === "Enter" && !control ? "\r" : letter && !control ? key : undefined;
    await page.tell("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", ...common, ...(text && { text }) });
    await page.tell("Input.dispatchKeyEvent", { type: "keyUp", ...common });
  };
  page.type = (text) => page.tell("Input.insertText", { text });
  page.click = async (selector) => {
    const place = await page.evaluate(`(() => {
      const box = [...document.querySelectorAll(${JSON.stringify(selector)})].find((it) => it.checkVisibility())?.getBoundingClientRect();
      return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`);
    if (!place) throw new Error(`nothing to click at ${selector}`);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await page.tell("Input.dispatchMouseEvent", { type, ...place, button: "left", clickCount: 1 });
    }
  };
}

function bounded(promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} got no answer`)), ANSWER_MS_MAX)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
