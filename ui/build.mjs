// Bundles scripts, style sheets, fonts and icons into one folder of content-hashed files, each text with a .br and a
// .gz copy, and lists them in manifest.tsv and faces.tsv for build.rs. Usage: node build.mjs --outdir DIR
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import esbuild from "esbuild";
import { Blob, Face, Font, MetricsTag } from "harfbuzzjs";
import subsetFont from "subset-font";

const root = dirname(fileURLToPath(import.meta.url));
const outdir = resolve(process.argv[process.argv.indexOf("--outdir") + 1] ?? "dist");
const modules = join(root, "node_modules");
const work = join(modules, ".aptdesk");

// What the pages ask for by a name without a hash.
const SCRIPTS = ["app", "widget"];
const SHEETS = ["app", "matrix", "public", "roster", "wall"];
const FONT_SUBSETS = ["latin", "latin-ext", "cyrillic", "greek"];

// What papers (PDF files) are written with, the commonest letters first: one face for each script and weight.
const PAPER_SUBSETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "vietnamese"];
const PAPER_WEIGHTS = [400, 600];

// The weights and letter forms the style sheets use; the rest of the font would be half of a first visit's bytes.
const FONT_WEIGHTS = { wght: { min: 400, max: 700 } };
const FONT_FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "calt", "tnum"];

const CONTENT_TYPES = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

const used = new Set(["@fontsource-variable/inter"]);
const logical = new Map();

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
mkdirSync(work, { recursive: true });

await cutFonts();
const icons = keep("icons.svg", readFileSync(join(root, "src/icons/icons.svg"), "utf8").replace(/<!--.*?-->/gs, "").replace(/>\s+</g, "><"));
await bundle();
keep("licences.txt", licences());
await compressAndList();
keepFaces();
if (process.argv.includes("--gallery")) writeGallery();

// Cut each subset of Inter to the axes and features in use, beside a stamp that makes the next build skip it.
async function cutFonts() {
  const stamp = join(work, "fonts.stamp");
  const wanted = JSON.stringify([FONT_SUBSETS, FONT_WEIGHTS, FONT_FEATURES, PAPER_SUBSETS, PAPER_WEIGHTS, version("@fontsource-variable/inter")]);
  try {
    if (readFileSync(stamp, "utf8") === wanted) return;
  } catch {
    // First build here.
  }
  const text = Array.from({ length: 0x2fff }, (_, i) => String.fromCharCode(i + 0x20)).join("");
  const inter = (subset) => readFileSync(join(modules, `@fontsource-variable/inter/files/inter-${subset}-wght-normal.woff2`));
  for (const subset of PAPER_SUBSETS) {
    for (const wght of PAPER_WEIGHTS) {
      const cut = await subsetFont(inter(subset), text, { targetFormat: "truetype", variationAxes: { wght }, keepFeatures: [] });
      writeFileSync(join(work, faceFile(subset, wght)), cut);
    }
  }
  for (const subset of FONT_SUBSETS) {
    const whole = inter(subset);
    const cut = await subsetFont(whole, text, { targetFormat: "woff2", variationAxes: FONT_WEIGHTS, keepFeatures: FONT_FEATURES });
    writeFileSync(join(work, subset === "latin" ? "inter.woff2" : `inter-${subset}.woff2`), cut);
  }
  writeFileSync(stamp, wanted);
}

function faceFile(subset, weight) {
  return `inter-${subset}-${weight}.ttf`;
}

// The faces of papers stay in the program: no page asks for them. Beside each stands what its letters measure.
function keepFaces() {
  mkdirSync(join(outdir, "faces"));
  const rows = PAPER_SUBSETS.flatMap((subset) => PAPER_WEIGHTS.map((weight) => {
    const file = faceFile(subset, weight);
    const bytes = readFileSync(join(work, file));
    writeFileSync(join(outdir, "faces", file), bytes);
    return `${[file, weight, ...measures(bytes)].join("\t")}\n`;
  }));
  writeFileSync(join(outdir, "faces.tsv"), rows.join(""));
}

// Units per em, ascent, descent, height of capitals; the bounds of all glyphs; and each letter as code:glyph:advance.
function measures(bytes) {
  const face = new Face(new Blob(bytes));
  const font = new Font(face);
  const { ascender, descender } = font.hExtents();
  const bounds = [0, 0, 0, 0];
  const letters = [...face.collectUnicodes()].sort((one, other) => one - other).map((code) => {
    const glyph = font.nominalGlyph(code);
    const { xBearing: x, yBearing: y, width, height } = font.glyphExtents(glyph);
    [x, y + height, x + width, y].forEach((edge, at) => { bounds[at] = at < 2 ? Math.min(bounds[at], edge) : Math.max(bounds[at], edge); });
    return `${code.toString(16)}:${glyph}:${font.glyphHAdvance(glyph)}`;
  });
  const capitals = font.getMetricPositionWithFallback(MetricsTag.CAP_HEIGHT);
  return [[face.upem, ascender, descender, capitals].join(","), bounds.join(","), letters.join(" ")];
}

async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [...SCRIPTS.map((name) => `src/${name}.ts`), ...SHEETS.map((name) => `styles/${name}.css`)],
    outdir,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox114", "safari16.4"],
    minify: true,
    legalComments: "none",
    metafile: true,
    define: { ICONS: JSON.stringify(icons) },
    loader: { ".woff2": "file" },
    plugins: [{
      name: "inter",
      setup(build) {
        build.onResolve({ filter: /^inter.*\.woff2$/ }, (file) => ({ path: join(work, file.path) }));
      },
    }, {
      name: "percent",
      setup(build) {
        build.onResolve({ filter: /^percent\.css$/ }, () => ({ path: "percent.css", namespace: "percent" }));
        build.onLoad({ filter: /.*/, namespace: "percent" }, () => ({ contents: percentClasses(), loader: "css" }));
      },
    }],
    logLevel: "warning",
  });
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    const file = basename(path);
    const entry = output.entryPoint;
    if (entry?.startsWith("src/") || entry?.startsWith("styles/")) {
      const name = basename(entry).replace(/\.ts$/, ".js");
      if (logical.has(name)) throw new Error(`two bundles are called ${name}`);
      // A lazily imported module is an entry point too; only what pages ask for gets a name.
      if (SCRIPTS.includes(name.replace(".js", "")) || name.endsWith(".css")) logical.set(name, file);
    } else if (file.endsWith(".woff2")) {
      logical.set(file.replace(/-[A-Z0-9]{8}(?=\.)/, ""), file);
    }
    for (const input of Object.keys(output.inputs)) {
      const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
      if (found && !found[1].startsWith(".")) used.add(found[1]);
    }
  }
  const outputs = result.metafile.outputs;
  const initial = [];
  const follow = (path) => {
    if (initial.includes(path)) return;
    initial.push(path);
    for (const it of outputs[path].imports) if (it.kind === "import-statement") follow(it.path);
  };
  follow(Object.keys(outputs).find((path) => outputs[path].entryPoint === "src/app.ts"));
  writeFileSync(join(outdir, "initial.txt"), initial.map((path) => basename(path)).join("\n"));
}

// Numbers reach the page as classes, because its policy allows no style attributes: w-35 is a width and l-35 a place in
// percent; s-24 is a width and f-34 a place in tenths of a level on the scale 0 to 5.
function percentClasses() {
  const rules = [];
  for (let n = 0; n <= 100; n += 1) rules.push(`.w-${n}{width:${n}%}.l-${n}{inset-inline-start:${n}%}`);
  // A day in quarters of an hour: where something begins, and how long it is.
  for (let n = 0; n < 96; n += 1) rules.push(`.q-${n}{inset-inline-start:${(n * 100 / 96).toFixed(3)}%}`);
  for (let n = 1; n <= 96; n += 1) rules.push(`.d-${n}{width:${(n * 100 / 96).toFixed(3)}%}`);
  for (let n = 0; n <= 50; n += 1) rules.push(`.s-${n}{width:${n * 2}%}.f-${n}{inset-inline-start:${n * 2}%}`);
  return rules.join("\n");
}

function keep(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const file = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(outdir, file), text);
  logical.set(name, file);
  return file;
}

function version(name) {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
}

// The terms of everything that was bundled, word for word.
function licences() {
  const parts = ["The scripts, styles and fonts of this desk contain the following works, each under its own terms.\n"];
  for (const name of [...used].sort()) {
    const folder = join(modules, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((it) => /^licen[cs]e(\.\w+)?$/i.test(it));
    const terms = file ? readFileSync(join(folder, file), "utf8").trim() : "(The package carries no licence file.)";
    parts.push(`${"=".repeat(72)}\n${name} ${about.version} (${about.license})\n\n${terms}\n`);
  }
  return parts.join("\n");
}

// The page of all components, beside the bundle; it is looked at while working here and embedded nowhere.
function writeGallery() {
  const page = readFileSync(join(root, "gallery.html"), "utf8");
  const named = (text) => text.replace(/\{\{ url\("([^"]+)"\) \}\}/g, (_, name) => logical.get(name) ?? name);
  writeFileSync(join(outdir, "gallery.html"), named(page));
  writeFileSync(join(outdir, "gallery-dark.html"), named(page).replace("<html ", '<html data-theme="dark" '));
}

async function compressAndList() {
  const names = new Map([...logical].map(([name, file]) => [file, name]));
  const initial = readFileSync(join(outdir, "initial.txt"), "utf8").split("\n");
  rmSync(join(outdir, "initial.txt"));
  const rows = await Promise.all(readdirSync(outdir).sort().map(async (file) => {
    const bytes = readFileSync(join(outdir, file));
    const type = CONTENT_TYPES[extname(file)];
    if (!type) throw new Error(`${file} has no content type; name it in build.mjs`);
    const packed = !file.endsWith(".woff2");
    if (packed) {
      const [br, gz] = await Promise.all([
        promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
        promisify(gzip)(bytes, { level: 9 }),
      ]);
      writeFileSync(join(outdir, `${file}.br`), br);
      writeFileSync(join(outdir, `${file}.gz`), gz);
    }
    const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    return [file, names.get(file) ?? "", type, etag, packed ? "packed" : "plain", initial.includes(file) ? "initial" : "later"].join("\t");
  }));
  writeFileSync(join(outdir, "manifest.tsv"), `${rows.join("\n")}\n`);
}
