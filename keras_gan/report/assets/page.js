"use strict";
(() => {
  const told = JSON.parse(document.getElementById("data").textContent);
  const ends = told.plots.flatMap((plot) => plot.curves.map((curve) => curve.x[curve.x.length - 1]));
  const range = [0, Math.max(1, ...ends)]; // of all plots, so that a moment has the same place in each
  const announcement = document.getElementById("announcement");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const number = (value) => (value == null ? "" : String(Number(value.toPrecision(4))));
  const amount = (value) => `${Math.round(value).toLocaleString("en")} ${told.unit}`;
  const tick = (value) => (value == null ? "" : Math.abs(value) >= 1e4 ? short.format(value) : number(value));
  const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

  function draw(figure) {
    const plot = told.plots[figure.dataset.plot];
    const canvas = figure.querySelector(".canvas");
    const rows = [...figure.querySelectorAll("tbody tr")];
    const cells = rows.map((row) => row.querySelector(".value"));
    const last = cells.map((cell) => cell.textContent);
    const heading = figure.querySelectorAll("thead th")[1];
    const lines = plot.curves.map((curve) => [curve.x, curve.y]);
    for (const curve of plot.curves)
      if (curve.floor != null) lines.push([range, [curve.floor, curve.floor]]);
    const joined = uPlot.join(lines, lines.map(() => lines.map(() => 2)));
    const font = `13px ${getComputedStyle(document.body).fontFamily}`;
    const axis = () => ({
      stroke: colour("quiet"), font, grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 },
    });
    const width = (series) => ({ ...series, width: 2, spanGaps: true, points: { show: (u) => u.data[0].length < 3 } });
    const series = plot.curves.map((curve) => width({
      label: curve.label, stroke: () => colour(`colour-${curve.colour}`), dash: dashes[curve.dash],
    }));
    for (const curve of plot.curves)
      if (curve.floor != null) series.push({ ...width({ stroke: () => colour(`colour-${curve.colour}`), dash: [3, 5] }), width: 1.5 });
    const options = {
      width: canvas.clientWidth, height: canvas.clientHeight, legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: "moment" } },
      scales: { x: { time: false, range }, y: { distr: plot.logarithmic ? 3 : 1 } },
      axes: [
        { ...axis(), values: (u, values) => values.map((value) => short.format(value)), size: 34 },
        { ...axis(), values: (u, values) => values.map(tick), size: (u, values) => 20 + 8 * Math.max(...(values ?? [""]).map((text) => text.length)) },
      ],
      series: [{}, ...series],
      hooks: { setCursor: [read] },
    };
    function read(u) {
      const at = u.cursor.idx;
      heading.textContent = at == null ? "last" : `at ${short.format(u.data[0][at])}`;
      cells.forEach((cell, index) => {
        cell.textContent = at == null ? last[index] : number(nearest(u.data[index + 1], at));
      });
    }
    const nearest = (values, at) => {
      for (let index = at; index >= 0; index--) if (values[index] != null) return values[index];
      return null;
    };
    const u = new uPlot(options, joined, canvas);
    new ResizeObserver(() => u.setSize({ width: canvas.clientWidth, height: canvas.clientHeight })).observe(canvas);
    dark.addEventListener("change", () => u.redraw());
    rows.forEach((row, index) => {
      const button = row.querySelector("button");
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", shown);
        u.setSeries(index + 1, { show: shown });
      });
    });
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
    canvas.addEventListener("keydown", (event) => {
      if (!(event.key in move)) return;
      event.preventDefault();
      const end = u.data[0].length - 1;
      const at = Math.min(Math.max((u.cursor.idx ?? end) + move[event.key], 0), end);
      u.setCursor({ left: u.valToPos(u.data[0][at], "x"), top: 0 }, true, true);
      const values = plot.curves.map((curve, index) => `${curve.label} ${cells[index].textContent}`);
      announcement.textContent = `${amount(u.data[0][at])}: ${values.join(", ")}`;
    });
    canvas.addEventListener("blur", () => u.setCursor({ left: -10, top: -10 }, true, true));
  }

  function open(gallery) {
    const pictures = told.galleries[gallery.dataset.gallery];
    const slider = gallery.querySelector("input");
    if (!slider) return;
    const play = gallery.querySelector(".play");
    const frame = gallery.querySelector(".at-slider");
    const [image, text] = [frame.querySelector("img"), frame.querySelector("figcaption span")];
    let timer = null;
    function show() {
      const picture = pictures[slider.value];
      image.src = `data:image/webp;base64,${picture.webp}`;
      image.alt = `Samples after ${picture.text}`;
      text.textContent = picture.text;
      slider.setAttribute("aria-valuetext", picture.text);
    }
    function stop() {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      play.setAttribute("aria-pressed", false);
    }
    function next() {
      slider.value = Number(slider.value) + 1;
      show();
      if (slider.value === slider.max) stop();
    }
    slider.addEventListener("input", () => { stop(); show(); });
    play.addEventListener("click", () => {
      if (timer) { stop(); return; }
      if (slider.value === slider.max) slider.value = -1;
      play.textContent = "Pause";
      play.setAttribute("aria-pressed", true);
      timer = setInterval(next, Math.max(100, Math.min(300, 12000 / pictures.length)));
    });
  }

  document.querySelectorAll(".plot").forEach(draw);
  document.querySelectorAll(".gallery").forEach(open);
})();
