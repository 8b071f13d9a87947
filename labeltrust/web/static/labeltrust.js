// What pages gain by a script: charts, times in the reader's zone, live news. They read without it.
"use strict";

// Times: the text becomes the reader's own, and the moment in UTC shows when pointed at.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const local = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

function showTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    element.title = element.textContent;
    element.textContent = local.format(at);
  }
  const note = document.getElementById("zone");
  if (note && zone) note.textContent = `Times are in your zone, ${zone}; point at one to see it in UTC.`;
}

// Charts: specifications come from our own pages, and take the page's colours and font.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function pageColours() {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--ink").trim();
  const soft = style.getPropertyValue("--soft").trim();
  const words = { labelColor: soft, titleColor: soft };
  return {
    background: "transparent",
    axis: { ...words, domainColor: soft, tickColor: soft, gridColor: soft },
    legend: words,
    header: words,
    title: { color: ink, subtitleColor: soft },
  };
}

function withColours(config, colours) {
  const merged = { ...config };
  for (const [name, value] of Object.entries(colours)) {
    merged[name] = typeof value === "object" ? { ...merged[name], ...value } : value;
  }
  return merged;
}

// What a chart shows and how to read it are text of the page: it wraps, and is read aloud.
function sayHow(figure, words) {
  const caption = figure.querySelector("figcaption[data-titled]");
  if (caption && words.title) caption.textContent = words.title;
  figure.querySelector(".how").textContent = words.how ?? "";
}

// The page is the width of most charts; maps and charts below each other state theirs in numbers.
function fit(part, room) {
  const most = Math.max(190, room - 120);
  if (typeof part.width === "number" && part.width > most) part.width = most;
  for (const below of part.vconcat ?? []) fit(below, room);
}

async function drawChart(figure) {
  const place = figure.querySelector("[data-spec]");
  if (!place || !window.vegaEmbed) return;
  try {
    const answer = await fetch(place.dataset.spec, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the chart's data answered ${answer.status}`);
    const spec = await answer.json();
    spec.config = withColours(spec.config ?? {}, pageColours());
    const words = spec.usermeta ?? {};
    fit(spec, figure.clientWidth);
    if (words.most) place.style.maxWidth = `${words.most}px`;
    if (figure.clientWidth < 420) spec.config.legend = { ...spec.config.legend, columns: 1 };
    const options = {
      actions: false, ast: true, renderer: "svg", defaultStyle: false,
      tooltip: { disableDefaultStyle: true, theme: "page" },
    };
    await window.vegaEmbed(place, spec, options);
    sayHow(figure, words);
    figure.dataset.drawn = "yes";
  } catch (error) {
    figure.dataset.drawn = "no";
    place.textContent = `This chart could not be drawn: ${error.message}.`;
  }
}

// A chart is fetched when it is about to be seen: one in a closed part of the page, when opened.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    drawChart(entry.target);
  }
}, { rootMargin: "300px" });

function drawCharts(root) {
  for (const figure of root.querySelectorAll("figure.chart:not([data-drawn])")) {
    figure.dataset.drawn = "soon";
    seen.observe(figure);
  }
}

window.addEventListener("beforeprint", () => {
  for (const figure of document.querySelectorAll('figure.chart[data-drawn="soon"]')) drawChart(figure);
});

dark.addEventListener("change", () => {
  for (const figure of document.querySelectorAll('figure.chart[data-drawn="yes"]')) drawChart(figure);
});

// Tables wider than the page are scrolled by keys, too.
function reachTables(root) {
  for (const box of root.querySelectorAll(".table:not([tabindex])")) {
    const title = box.closest("section")?.querySelector("h2, h3")?.textContent;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", title ? `Table: ${title}` : "Table");
  }
}

// On a phone a row is read from top to bottom, each cell under the head of its column. What is laid
// out so is a table no longer to those who listen, unless it says that it is one.
const ROLES = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

function stackRows(root) {
  for (const table of root.querySelectorAll(".table table:not([role])")) {
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody, tr, td")) part.setAttribute("role", ROLES[part.tagName]);
    for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.closest("thead") ? "columnheader" : "rowheader");
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0]?.rows ?? []) {
      [...row.cells].forEach((cell, n) => { cell.dataset.head = heads[n] ?? ""; });
    }
    table.classList.add("stacks");
  }
}

// Forms that act are sent once, however often a button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// News: their stream ends every minute, and the browser comes back by itself. That is no error.
function openNews(address) {
  const news = new EventSource(address, { withCredentials: true });
  news.addEventListener("error", (event) => {
    if (news.readyState === EventSource.CONNECTING) event.stopImmediatePropagation();
  });
  return news;
}

if (window.htmx) window.htmx.createEventSource = openNews;

// No more of them on the page than can be read.
function keepFew(notices) {
  while (notices.children.length > 4) notices.firstElementChild.remove();
}

document.addEventListener("htmx:afterSettle", (event) => {
  const notices = event.target.closest?.(".notices");
  if (notices) keepFew(notices);
});

function enliven(root) {
  showTimes(root);
  reachTables(root);
  stackRows(root);
  drawCharts(root);
}

document.addEventListener("DOMContentLoaded", () => enliven(document));
document.addEventListener("htmx:load", (event) => enliven(event.target));
