// Opens the pages of a running desk in Chromium, wide and narrow, light and dark, and fails on anything a reader would
// trip over: a breach of WCAG 2.2 AA that axe finds, an error in the console, a page wider than its window, a name
// squeezed to a few letters a line.
// Usage: node pages.mjs SIGN_IN_LINK PATH…   (CHROMIUM names the browser; SHOTS a folder for pictures)
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { run } from "./chromium.mjs";

const AXE = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  // Counted as an experiment by axe, and broken sooner than noticed.
  rules: { "label-content-name-mismatch": { enabled: true } },
  // Letters of others are theirs.
  iframes: false,
};
const WINDOWS = [{ width: 1440, height: 900, mobile: false }, { width: 390, height: 844, mobile: true }];
const THEMES = ["light", "dark"];
// A skill's name beside its level.
const NAME_PX_MIN = 96;
const ALL_MS_MAX = 300_000;

const [link, ...paths] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

await run(ALL_MS_MAX, async (page) => {
  const { tell, evaluate, found } = page;
  await page.signIn(link);
  for (const { width, height, mobile } of WINDOWS) {
    await tell("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: 1 });
    for (const theme of THEMES) {
      await tell("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }] });
      for (const path of paths) {
        page.where = `${path} ${width} px wide, ${theme}`;
        await page.open(new URL(path, link).href);
        await page.settled();
        const over = await evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (over > 0) found.push(`${page.where}: ${over} px wider than the window`);
        const squeezed = await evaluate(`[...document.querySelectorAll(".skills tbody th")].find((it) => it.offsetWidth < ${NAME_PX_MIN})?.textContent`);
        if (squeezed) found.push(`${page.where}: no room for the name ${squeezed}`);
        await evaluate(`${axe}; true`);
        const breaches = await evaluate(`axe.run(document, ${JSON.stringify(AXE)}).then((it) => it.violations.flatMap((rule) =>
          rule.nodes.map((node) => rule.id + " at " + node.target.join(" ") + ": " + node.failureSummary.replace(/\\s+/g, " "))))`);
        found.push(...breaches.map((it) => `${page.where}: ${it}`));
        if (process.env.SHOTS) {
          const { data } = await tell("Page.captureScreenshot", { format: "png" });
          writeFileSync(join(process.env.SHOTS, `${path.replace(/\W+/g, "_") || "_"}-${width}-${theme}.png`), Buffer.from(data, "base64"));
        }
      }
    }
  }
});
