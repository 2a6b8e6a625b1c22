// Builds what the pages run: `node build.mjs TARGET`, in a folder where `npm ci` was run.
//
// Writes into TARGET: frame.js, frame.css, editor.js, chart.js, each with a .gz beside it;
// icons.json (name: what stands inside of an <svg>), manifest.json (file: start of its SHA-256) and
// licences.txt. Nothing else is read than this folder and node_modules, and nothing tells the time.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { purged } from "./purge.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGES = join(HERE, "node_modules");
const TARGET = process.argv[2];
const BROWSERS = ["chrome123", "firefox128", "safari18"];

function read(...parts) {
  return readFileSync(join(...parts), "utf8");
}

async function bundled(name) {
  const built = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: [name],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: name.endsWith(".js") ? "iife" : undefined,
    target: BROWSERS,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    plugins: [{ name: "purge", setup: (build) => build.onLoad({ filter: /tabler\.css$/ }, ({ path }) => ({ contents: purged(read(path)), loader: "css" })) }],
  });
  return { text: built.outputFiles[0].contents, inputs: Object.keys(built.metafile.inputs) };
}

// What an outline icon is made of, without the box that all of them share.
function drawn(name) {
  const svg = read(PACKAGES, "@tabler/icons/icons/outline", `${name}.svg`);
  const inner = svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"));
  return inner.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s+/g, " ").replaceAll(" />", "/>").replaceAll("> <", "><").trim();
}

function licences(inputs) {
  const names = new Set(["@tabler/core", "@tabler/icons"]);
  for (const input of inputs) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) names.add(found[1]);
  }
  return [...names].sort().map((name) => {
    const { version, license } = JSON.parse(read(PACKAGES, name, "package.json"));
    const files = readdirSync(join(PACKAGES, name)).filter((file) => /^(licen[cs]e|notice)(\.\w+)?$/i.test(file));
    const texts = files.sort().map((file) => read(PACKAGES, name, file).trim());
    return [`${name} ${version} (${license})`, ...texts].join("\n\n");
  }).join(`\n\n${"-".repeat(78)}\n\n`) + "\n";
}

mkdirSync(TARGET, { recursive: true });
const manifest = {};
const inputs = [];
for (const name of ["frame.js", "frame.css", "editor.js", "chart.js"]) {
  const made = await bundled(name);
  inputs.push(...made.inputs);
  manifest[name] = createHash("sha256").update(made.text).digest("hex").slice(0, 16);
  writeFileSync(join(TARGET, name), made.text);
  writeFileSync(join(TARGET, `${name}.gz`), gzipSync(made.text, { level: 9 }));
}
const icons = read(HERE, "icons.txt").trim().split(/\s+/).sort();
writeFileSync(join(TARGET, "icons.json"), JSON.stringify(Object.fromEntries(icons.map((name) => [name, drawn(name)])), null, 1) + "\n");
writeFileSync(join(TARGET, "licences.txt"), licences(inputs));
writeFileSync(join(TARGET, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
