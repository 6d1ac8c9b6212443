// Draws our icons side by side as MapLibre's sprite: an image and its index, for plain and for dense screens.
// Usage: node sprite.mjs TARGET ICON.svg ... The form: https://maplibre.org/maplibre-style-spec/sprite/
import {readFileSync, writeFileSync} from "node:fs";
import {basename} from "node:path";
import {initWasm, Resvg} from "@resvg/resvg-wasm";

// A shield grows with the number on it: its corners stay, its middle stretches.
const SHIELD = {stretchX: [[5, 15]], stretchY: [[5, 11]], content: [4, 3, 16, 13]};

const scaled = (value, ratio) => (Array.isArray(value) ? value.map((entry) => scaled(entry, ratio)) : value * ratio);

function indexEntry({name, x, width, height}, ratio) {
    const stretch = name.startsWith("shield") ? Object.entries(SHIELD) : [];
    const members = Object.entries({x, y: 0, width, height}).concat(stretch).map(([key, value]) => [key, scaled(value, ratio)]);
    return [name, {...Object.fromEntries(members), pixelRatio: ratio}];
}

await initWasm(readFileSync("node_modules/@resvg/resvg-wasm/index_bg.wasm"));
const [target, ...paths] = process.argv.slice(2);
let x = 0;
const icons = paths.map((path) => {
    const svg = readFileSync(path, "utf-8");
    const [, width, height] = svg.match(/width="(\d+)" height="(\d+)"/).map(Number);
    const icon = {name: basename(path, ".svg"), drawing: svg.replace("<svg ", `<svg x="${x}" `), x, width, height};
    x += width;
    return icon;
});
const height = Math.max(...icons.map((icon) => icon.height));
const drawings = icons.map((icon) => icon.drawing).join("");
const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="${x}" height="${height}">${drawings}</svg>`;
for (const [suffix, ratio] of [["", 1], ["@2x", 2]]) {
    const index = Object.fromEntries(icons.map((icon) => indexEntry(icon, ratio)));
    writeFileSync(`${target}/sprite${suffix}.png`, new Resvg(sheet, {fitTo: {mode: "zoom", value: ratio}}).render().asPng());
    writeFileSync(`${target}/sprite${suffix}.json`, `${JSON.stringify(index, null, 1)}\n`);
}
