// The colours of charts: what the variables of frame.css come to in the theme of the page, as plain RGB,
// since ECharts reads neither light-dark() nor oklch().

const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

function plain(css) {
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
}

export function isDark() {
  const chosen = document.documentElement.dataset.bsTheme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function theme() {
  const probe = document.body.appendChild(document.createElement("i"));
  const style = getComputedStyle(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return plain(style.color);
  };
  const made = painted(colour, style.getPropertyValue("--sans"));
  probe.remove();
  return made;
}

function painted(colour, font) {
  const text = colour("tblr-body-color");
  const quiet = colour("quiet");
  const line = colour("tblr-border-color");
  const surface = colour("tblr-bg-surface");
  const label = { color: text, textBorderColor: surface, textBorderWidth: 2 };
  const axis = {
    axisLine: { lineStyle: { color: quiet } },
    axisTick: { lineStyle: { color: quiet } },
    axisLabel: { color: quiet },
    nameTextStyle: { color: quiet },
    splitLine: { lineStyle: { color: line } },
    splitArea: { areaStyle: { color: ["transparent", "transparent"] } },
  };
  return {
    darkMode: isDark(),
    color: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`chart-${number}`)),
    backgroundColor: "transparent",
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    textStyle: { fontFamily: font, color: text },
    title: { textStyle: { color: text }, subtextStyle: { color: quiet } },
    legend: { textStyle: { color: text }, inactiveColor: line, pageTextStyle: { color: quiet } },
    tooltip: { backgroundColor: surface, borderColor: line, textStyle: { color: text }, axisPointer: { lineStyle: { color: quiet }, label: { backgroundColor: quiet } } },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    logAxis: axis,
    timeAxis: axis,
    visualMap: { textStyle: { color: text }, inRange: { color: [colour("chart-low"), colour("chart-high")] } },
    radar: { axisName: { color: text }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } }, splitArea: { areaStyle: { color: ["transparent"] } } },
    graph: { label: { color: text }, lineStyle: { color: quiet } },
    sankey: { label: { color: text }, itemStyle: { color: colour("chart-1") }, lineStyle: { color: "source", opacity: 0.25 } },
    boxplot: { itemStyle: { color: "transparent", borderColor: colour("chart-1"), borderWidth: 1.5 } },
    pie: { label: { color: text } },
    map: { label, itemStyle: { areaColor: surface, borderColor: quiet } },
    geo: { label, itemStyle: { areaColor: surface, borderColor: quiet } },
  };
}
