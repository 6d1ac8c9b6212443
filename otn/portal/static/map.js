// Draws the maps of a page: each <figure data-map> says by its other data- attributes what to show. Without this script
// the figures stay hidden, and the page tells the same in words and tables.
import {
  AttributionControl,
  FullscreenControl,
  LngLatBounds,
  Map as MapView,
  NavigationControl,
  Popup,
  ScaleControl,
} from "./vendor/maplibre-gl/maplibre-gl.mjs";

const HIGHLIGHTED = "highlighted"; // the source of the features that the page is about
const BASE_MAP = "basemap";
const CLICK_REACH = 6; // pixels around the pointer
const MOST_FEATURES = 4; // in one popup
const MOST_PROPERTIES = 7; // of one feature
const ORIGIN = new Set(["name", "localId", "inspireId", "dataset", "region", "licence", "sourceCodes"]);

const dark = matchMedia("(prefers-color-scheme: dark)");

for (const figure of document.querySelectorAll("figure[data-map]")) {
  figure.hidden = false;
  try {
    await show(figure);
  } catch (error) {
    figure.querySelector(".map-canvas").replaceChildren(figure.dataset.failed);
    figure.ariaBusy = "false";
    console.warn(error);
  }
}

async function show(figure) {
  const words = JSON.parse(figure.dataset.words);
  const map = new MapView({
    container: figure.querySelector(".map-canvas"),
    style: await styleOf(figure),
    attributionControl: false,
    bounds: boundsOf(figure),
    fitBoundsOptions: { padding: 48, maxZoom: isPoint(figure) ? 11 : 15 },
    cooperativeGestures: figure.dataset.cooperative !== undefined,
    // The address of the whole map says what it shows: it can be kept and sent on.
    hash: figure.dataset.cooperative === undefined,
    dragRotate: false,
    locale: words,
    maxPitch: 0,
    transformRequest: ours,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new FullscreenControl({ container: figure }));
  map.addControl(new ScaleControl());
  map.addControl(new AttributionControl({}));
  map.once("load", () => foldAttribution(figure));
  map.once("idle", () => (figure.ariaBusy = "false"));
  dark.addEventListener("change", async () => map.setStyle(await styleOf(figure)));
  answerQuestions(map, figure, words);
  offerSearch(map, figure);
}

// On a small map whose data it is stands behind a button: the page tells it in full.
function foldAttribution(figure) {
  const attribution = figure.querySelector("details.maplibregl-compact");
  attribution?.removeAttribute("open");
  attribution?.classList.remove("maplibregl-compact-show");
}

// Everything a map needs is the service's own: it is asked for under the name this very page was asked for.
function ours(address) {
  const { pathname, search } = new URL(address, location.href);
  return { url: location.origin + pathname + search };
}

// One point fills no map: it is shown with the country around it.
function isPoint(figure) {
  const [west, south, east, north] = figure.dataset.bounds.split(",");
  return west === east && south === north;
}

function boundsOf(figure) {
  const [west, south, east, north] = figure.dataset.bounds.split(",").map(Number);
  return new LngLatBounds([west, south], [east < west ? east + 360 : east, north]);
}

async function styleOf(figure) {
  const answer = await fetch(dark.matches ? figure.dataset.styleDark : figure.dataset.style);
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const style = await answer.json();
  if (figure.dataset.features) highlight(style, figure.dataset.features);
  if (figure.dataset.raster) tint(style, figure.dataset);
  return style;
}

// On the page of a raster its hill-shade, which lies beneath every map, gives way to the raster itself, without features.
function tint(style, { raster, rasterTiles }) {
  style.sources[raster].url = new URL(rasterTiles, location.href).href;
  style.layers.find(({ source }) => source === raster).paint = { "raster-opacity": 1 };
  const kept = new Set([undefined, BASE_MAP, raster]);
  style.layers = style.layers.filter(({ source }) => kept.has(source));
}

// The page's features get a halo and a line or a disc in the page's own accent, whatever the tiles show of them.
function highlight(style, address) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const source = HIGHLIGHTED;
  style.sources[source] = { type: "geojson", data: new URL(address, location.href).href };
  const round = { "line-cap": "round", "line-join": "round" };
  const points = ["==", ["geometry-type"], "Point"];
  const lines = ["!", points];
  const first = style.layers.findIndex((layer) => layer.source !== BASE_MAP && layer.type !== "background");
  style.layers.splice(
    first,
    0,
    { id: "halo-of-lines", type: "line", source, filter: lines, layout: round, paint: { "line-color": colour, "line-opacity": 0.4, "line-width": 14 } },
    { id: "halo-of-points", type: "circle", source, filter: points, paint: { "circle-color": colour, "circle-opacity": 0.4, "circle-radius": 17 } },
    { id: "highlighted-lines", type: "line", source, filter: lines, layout: round, paint: { "line-color": colour, "line-width": 3 } },
    { id: "highlighted-points", type: "circle", source, filter: points, paint: { "circle-color": colour, "circle-radius": 5 } },
  );
}

// A click, or Enter with the keyboard on the map, tells what lies there.
function answerQuestions(map, figure, words) {
  const isFeature = (feature) => feature.source !== BASE_MAP;
  const near = ({ x, y }) =>
    map
      .queryRenderedFeatures([
        [x - CLICK_REACH, y - CLICK_REACH],
        [x + CLICK_REACH, y + CLICK_REACH],
      ])
      .filter(isFeature);

  async function answer(point) {
    const found = new Map(near(point).map((feature) => [`${collectionOf(feature, figure)}/${feature.id}`, feature]));
    if (!found.size) return;
    const content = document.createElement("div");
    content.className = "map-answer";
    for (const feature of [...found.values()].slice(0, MOST_FEATURES)) {
      content.append(...(await described(feature, collectionOf(feature, figure), figure, words)));
    }
    if (found.size > MOST_FEATURES) content.append(element("p", words.more));
    new Popup({ maxWidth: "20rem" }).setLngLat(map.unproject(point)).setDOMContent(content).addTo(map);
  }

  map.on("click", (event) => answer(event.point));
  map.on("mousemove", (event) => {
    map.getCanvas().style.cursor = near(event.point).length ? "pointer" : "";
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") answer(map.project(map.getCenter()));
  });
}

const collectionOf = (feature, figure) => (feature.source === HIGHLIGHTED ? figure.dataset.collection : feature.source);

async function described(feature, collection, figure, words) {
  const language = document.documentElement.lang;
  const link = element("a", feature.properties.name ?? words.feature.replace("{id}", feature.id));
  const asked = new URLSearchParams(location.search).get("lang");
  link.href = `${figure.dataset.collections}/${collection}/items/${feature.id}${asked ? `?lang=${asked}` : ""}`;
  const heading = element("p", "");
  heading.className = "map-answer-name";
  heading.append(link);
  const list = document.createElement("dl");
  const shown = Object.entries(await schemaOf(collection, figure, language))
    .filter(([name]) => !ORIGIN.has(name) && feature.properties[name] != null)
    .slice(0, MOST_PROPERTIES);
  for (const [name, declared] of shown) {
    list.append(element("dt", declared.title), element("dd", written(feature.properties[name], declared, language, words)));
  }
  return [heading, list];
}

const schemas = new Map();

// The titles and units of a collection's properties, asked for once.
function schemaOf(collection, figure, language) {
  if (!schemas.has(collection)) {
    const address = `${figure.dataset.collections}/${collection}/schema?f=json&lang=${language}`;
    const asked = fetch(address).then(async (answer) => (answer.ok ? (await answer.json()).properties : {}));
    schemas.set(collection, asked);
  }
  return schemas.get(collection);
}

function written(value, declared, language, words) {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  const unit = declared["x-ogc-unit"] ? `\u00a0${declared["x-ogc-unit"]}` : "";
  if (typeof value === "number") return value.toLocaleString(language, { maximumFractionDigits: 2 }) + unit;
  if (declared.format === "date-time") return new Date(value).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
  return String(value);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

// Puts what the map shows into the search form and sends it.
function offerSearch(map, figure) {
  const button = figure.querySelector("button[data-search]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = document.getElementById(button.dataset.search);
    form.elements.namedItem("bbox-crs")?.remove();
    form.elements.namedItem("bbox").value = boxOf(map.getBounds()).join(",");
    form.requestSubmit();
  });
}

// West, south, east, north within the world; west is greater than east across the antimeridian.
function boxOf(bounds) {
  const wrapped = (longitude) => ((((longitude + 180) % 360) + 360) % 360) - 180;
  const whole = bounds.getEast() - bounds.getWest() >= 360;
  const [west, east] = whole ? [-180, 180] : [wrapped(bounds.getWest()), wrapped(bounds.getEast())];
  return [west, Math.max(bounds.getSouth(), -90), east, Math.min(bounds.getNorth(), 90)].map((edge) => Number(edge.toFixed(4)));
}
