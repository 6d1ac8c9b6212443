// Draws Noto Sans as signed distance fields, the form in which MapLibre takes letters: a PBF per 256 codepoints.
// Usage: node glyphs.mjs TARGET. The form: https://github.com/mapbox/node-fontnik/blob/master/proto/glyphs.proto
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import opentype from "opentype.js";
import {PbfWriter} from "pbf";

const FILES = "node_modules/@fontsource/noto-sans/files";
const SUBSETS = ["latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese"];
const STACKS = {"Noto Sans Regular": 400, "Noto Sans SemiBold": 600};
// Latin and what extends it, combining marks and Greek, Cyrillic, more Latin, more Greek, punctuation, signs.
const RANGES = [0x0000, 0x0100, 0x0200, 0x0300, 0x0400, 0x1e00, 0x1f00, 0x2000, 0x2100];
// MapLibre's renderer counts on these: the size letters are drawn at, their margin, how far a distance reaches and
// which share of it lies inside.
const [SIZE, BUFFER, RADIUS, CUTOFF] = [24, 3, 8, 0.25];
const CURVE_STEPS = 6;

function readFont(subset, weight) {
    const data = readFileSync(`${FILES}/noto-sans-${subset}-${weight}-normal.woff`);
    return opentype.parse(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
}

// The edges of a glyph's outline at SIZE, with y upwards and the baseline at 0: [x1, y1, x2, y2].
function edges(glyph) {
    const found = [];
    let [x, y, startX, startY] = [0, 0, 0, 0];
    const to = (nextX, nextY) => {
        if (nextX !== x || nextY !== y) found.push([x, -y, nextX, -nextY]);
        [x, y] = [nextX, nextY];
    };
    for (const step of glyph.getPath(0, 0, SIZE).commands) {
        if (step.type === "M") [x, y, startX, startY] = [step.x, step.y, step.x, step.y];
        else if (step.type === "L") to(step.x, step.y);
        else if (step.type === "Z") to(startX, startY);
        else if (step.type === "Q") {
            const [fromX, fromY] = [x, y];
            for (let part = 1; part <= CURVE_STEPS; part++) {
                const [t, rest] = [part / CURVE_STEPS, 1 - part / CURVE_STEPS];
                const along = (from, via, end) => rest * rest * from + 2 * rest * t * via + t * t * end;
                to(along(fromX, step.x1, step.x), along(fromY, step.y1, step.y));
            }
        } else throw new Error(`an outline with ${step.type} is not foreseen`);
    }
    return found;
}

// How far a place is from an outline: negative inside, by the non-zero rule.
function signedDistance(outline, x, y) {
    let [least, winding] = [Infinity, 0];
    for (const [x1, y1, x2, y2] of outline) {
        const [dx, dy] = [x2 - x1, y2 - y1];
        const along = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
        least = Math.min(least, (x1 + along * dx - x) ** 2 + (y1 + along * dy - y) ** 2);
        if (y1 <= y !== y2 <= y && x < x1 + ((y - y1) / dy) * dx) winding += dy > 0 ? 1 : -1;
    }
    return winding ? -Math.sqrt(least) : Math.sqrt(least);
}

function draw(glyph, scale) {
    const outline = edges(glyph);
    const advance = Math.round(glyph.advanceWidth * scale);
    if (!outline.length) return {width: 0, height: 0, left: 0, top: 0, advance};
    const [xs, ys] = [outline.flatMap(([x1, , x2]) => [x1, x2]), outline.flatMap(([, y1, , y2]) => [y1, y2])];
    const [left, top] = [Math.floor(Math.min(...xs)), Math.ceil(Math.max(...ys))];
    const [width, height] = [Math.ceil(Math.max(...xs)) - left, top - Math.floor(Math.min(...ys))];
    const bitmap = new Uint8ClampedArray((width + 2 * BUFFER) * (height + 2 * BUFFER));
    for (let place = 0; place < bitmap.length; place++) {
        const [column, row] = [place % (width + 2 * BUFFER), Math.floor(place / (width + 2 * BUFFER))];
        const distance = signedDistance(outline, left - BUFFER + column + 0.5, top + BUFFER - row - 0.5);
        bitmap[place] = 255 - 255 * (distance / RADIUS + CUTOFF);
    }
    return {width, height, left, top, advance, bitmap};
}

function writeGlyph({codepoint, font, glyph}, pbf) {
    const scale = SIZE / font.unitsPerEm;
    const drawn = draw(glyph, scale);
    pbf.writeVarintField(1, codepoint);
    if (drawn.bitmap) pbf.writeBytesField(2, drawn.bitmap);
    pbf.writeVarintField(3, drawn.width);
    pbf.writeVarintField(4, drawn.height);
    pbf.writeSVarintField(5, drawn.left);
    pbf.writeSVarintField(6, drawn.top - Math.round(font.ascender * scale));
    pbf.writeVarintField(7, drawn.advance);
}

function writeStack({name, start, fonts}, pbf) {
    pbf.writeStringField(1, name);
    pbf.writeStringField(2, `${start}-${start + 255}`);
    for (let codepoint = Math.max(start, 32); codepoint < start + 256; codepoint++) {
        const character = String.fromCodePoint(codepoint);
        const font = fonts.find((candidate) => candidate.hasChar(character));
        if (font) pbf.writeMessage(3, writeGlyph, {codepoint, font, glyph: font.charToGlyph(character)});
    }
}

const target = process.argv[2];
for (const [name, weight] of Object.entries(STACKS)) {
    const fonts = SUBSETS.map((subset) => readFont(subset, weight));
    mkdirSync(`${target}/${name}`, {recursive: true});
    for (const start of RANGES) {
        const pbf = new PbfWriter();
        pbf.writeMessage(1, writeStack, {name, start, fonts});
        writeFileSync(`${target}/${name}/${start}-${start + 255}.pbf`, pbf.finish());
    }
}
