// What the pages share: what the address asks for, and what a test reads when the page is done.

export function asked() {
  const { centre, zoom, ...rest } = Object.fromEntries(new URLSearchParams(location.search));
  return { centre: centre.split(",").map(Number), zoom: Number(zoom), ...rest };
}

export function done(seen) {
  window.seen ??= seen;
}

export function failed(error) {
  window.seen ??= { error: String(error?.message ?? error) };
}

addEventListener("error", (event) => failed(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => failed(event.reason));
