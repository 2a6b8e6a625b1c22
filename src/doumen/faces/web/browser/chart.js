// Draws each <figure data-chart>: an option of ECharts, as SVG.
//
// data-chart: "#id" of a <script type="application/json">, or an address that answers one.
// data-label: what the chart shows, in a sentence; else ECharts makes one from the data.
// data-failed: what is said where it cannot be drawn.
// data-map, data-map-name: address of the GeoJSON of a map, and the name that the option gives it.
// An item of the data that has `href` (an address of this site) is a link.
// Tips are drawn in the SVG too: HTML of ECharts carries styles inline, which the policy refuses.

import { BarChart, BoxplotChart, GraphChart, HeatmapChart, LineChart, MapChart, PieChart, RadarChart, SankeyChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, DatasetComponent, GeoComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, RadarComponent, TitleComponent, TooltipComponent, TransformComponent, VisualMapComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { appear } from "./appear.js";
import { theme } from "./colours.js";

echarts.use([
  BarChart, BoxplotChart, GraphChart, HeatmapChart, LineChart, MapChart, PieChart, RadarChart, SankeyChart, ScatterChart,
  AriaComponent, DataZoomComponent, DatasetComponent, GeoComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  RadarComponent, TitleComponent, TooltipComponent, TransformComponent, VisualMapComponent, LabelLayout, SVGRenderer,
]);

const still = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = new Set();

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function option(figure) {
  const from = figure.dataset.chart;
  return from.startsWith("#") ? JSON.parse(document.querySelector(from).textContent) : fetched(from);
}

function finished(asked, label) {
  const told = label ? { label: { description: label } } : {};
  return {
    ...asked,
    animation: !still.matches && asked.animation !== false,
    aria: { enabled: true, ...told, ...asked.aria },
    tooltip: asked.tooltip === undefined ? undefined : { ...asked.tooltip, renderMode: "richText", confine: true },
  };
}

function followed({ data }) {
  const address = data?.href;
  if (address && new URL(address, location.href).origin === location.origin) location.assign(address);
}

function fill(figure, asked) {
  const place = document.createElement("div");
  place.className = "chart-place";
  place.setAttribute("role", "img");
  figure.prepend(place);
  const language = document.documentElement.lang.startsWith("zh") ? "ZH" : "EN";
  const chart = echarts.init(place, theme(), { renderer: "svg", locale: language });
  chart.setOption(finished(asked, figure.dataset.label));
  chart.on("click", followed);
  new ResizeObserver(() => chart.resize()).observe(place);
  drawn.add(chart);
}

async function draw(figure) {
  try {
    const { map, mapName } = figure.dataset;
    if (map) echarts.registerMap(mapName, await fetched(map));
    fill(figure, await option(figure));
    figure.classList.add("drawn");
  } catch (error) {
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.textContent = figure.dataset.failed ?? "";
    figure.prepend(said);
    throw error;
  }
}

function repaint() {
  for (const chart of drawn) {
    if (chart.getDom().isConnected) chart.setTheme(theme());
    else drawn.delete(chart), chart.dispose();
  }
}

new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));

appear("figure[data-chart]", draw);
