"use strict";
(() => {
  const make = (tag, set = {}, ...inside) => {
    const node = Object.assign(document.createElement(tag), set);
    node.append(...inside);
    return node;
  };
  const byText = new Intl.Collator("en", { numeric: true }).compare;
  const count = (n) => n.toLocaleString("en-US");

  // Tables of the page: a button in each head sorts, a field above filters.
  const sortable = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    const value = (row, at) => {
      const cell = row.cells[at];
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    heads.forEach((head, at) => {
      const button = make("button", { className: "sort", type: "button", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const order = (a, b) => {
          const [x, y] = [value(a, at), value(b, at)];
          return typeof x === "number" && typeof y === "number" ? x - y : byText(String(x), String(y));
        };
        body.append(...[...body.rows].sort((a, b) => (up ? order(a, b) : order(b, a))));
      });
    });
    if (rows.length < 12) return;
    const said = make("output");
    const field = make("input", { type: "search", placeholder: "filter", autocomplete: "off", spellcheck: false });
    field.setAttribute("aria-label", "Filter: " + table.caption.textContent);
    const texts = rows.map((row) => row.textContent.toLowerCase());
    field.addEventListener("input", () => {
      const wanted = field.value.toLowerCase().trim().split(/\s+/);
      let shown = 0;
      rows.forEach((row, at) => {
        row.hidden = !wanted.every((word) => texts[at].includes(word));
        shown += row.hidden ? 0 : 1;
      });
      said.textContent = field.value ? `${count(shown)} of ${count(rows.length)}` : "";
    });
    table.parentElement.before(make("div", { className: "tools" }, field, said));
  };
  document.querySelectorAll("table.sortable").forEach(sortable);

  // What is folded is printed open.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });

  // Every tensor: rows come deflated, are kept as columns of text, and only those in sight are nodes.
  const ROW = 28;
  const packed = document.getElementById("rows");
  const unpack = async () => {
    const bytes = Uint8Array.from(atob(packed.textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const text = await new Response(stream).text();
    return text.split("\n").map((row) => row.split("\t"));
  };
  const size = (n) => {
    const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let at = 0;
    while (n >= 1000 && at < units.length - 1) { n /= 1000; at += 1; }
    return `${at ? n.toFixed(2).replace(/\.?0+$/, "") : n} ${units[at]}`;
  };
  const listing = async () => {
    const [files, ...all] = await unpack();
    const measured = all.some((row) => row[5]);
    const box = document.getElementById("every");
    const columns = [["name", 1], ["dtype", 2], ["shape", 3], ["bytes", 4, true]];
    if (measured) columns.push(["min", 5, true], ["max", 6, true], ["std", 7, true]);
    const pad = make("div", { className: "pad" });
    const body = make("div", { className: "body", tabIndex: 0 }, pad);
    const head = make("div", { className: "row head" });
    const list = make("div", { className: measured ? "list measured" : "list" }, head, body);
    const picked = make("div", { className: "picked", textContent: "Choose a row to see its file, place and digest." });
    const said = make("output");
    const field = make("input", { type: "search", placeholder: "filter by name, type, shape", autocomplete: "off", spellcheck: false });
    field.setAttribute("aria-label", "Filter tensors");
    list.setAttribute("role", "table");
    list.setAttribute("aria-label", "Every tensor");
    head.setAttribute("role", "row");
    body.setAttribute("aria-label", "Rows; arrow keys move");
    body.setAttribute("role", "rowgroup");
    picked.setAttribute("aria-live", "polite");
    const texts = all.map((row) => `${row[1]} ${row[2]} ${row[3]}`.toLowerCase());
    let rows = all.map((_, at) => at);
    let here = -1;
    const shown = (row, [, at]) => (at === 4 ? (row[4] ? size(Number(row[4])) : "?") : row[at]);
    const draw = () => {
      const first = Math.max(0, Math.floor(body.scrollTop / ROW) - 8);
      const last = Math.min(rows.length, first + Math.ceil(body.clientHeight / ROW) + 16);
      const nodes = [];
      for (let at = first; at < last; at += 1) {
        const row = all[rows[at]];
        const node = make("div", { className: at === here ? "row here" : "row" }, ...columns.map((column) => {
          const cell = make(column[1] === 1 ? "code" : "span", { textContent: shown(row, column), className: column[2] ? "num" : "" });
          cell.setAttribute("role", "cell");
          if (column[1] === 1) cell.title = row[1];
          return cell;
        }));
        node.setAttribute("role", "row");
        node.setAttribute("aria-rowindex", at + 2);
        node.dataset.at = at;
        node.style.top = `${at * ROW}px`;
        nodes.push(node);
      }
      pad.replaceChildren(...nodes);
    };
    const renew = () => {
      pad.style.height = `${rows.length * ROW}px`;
      list.setAttribute("aria-rowcount", rows.length + 1);
      said.textContent = `${count(rows.length)} of ${count(all.length)} tensors`;
      here = -1;
      body.scrollTop = 0;
      draw();
    };
    const pick = (at) => {
      if (!rows.length) return;
      here = Math.max(0, Math.min(rows.length - 1, at));
      const [file, name, dtype, shape, bytes, , , , start, digest] = all[rows[here]];
      const facts = [`${dtype} ${shape}`, files[Number(file)]];
      if (bytes) facts.push(`bytes ${count(Number(start))} to ${count(Number(start) + Number(bytes))}`);
      if (digest) facts.push(`sha256 ${digest}`);
      picked.replaceChildren(make("code", { textContent: name }), make("br"), facts.join(" · "));
      if (here * ROW < body.scrollTop) body.scrollTop = here * ROW;
      if ((here + 1) * ROW > body.scrollTop + body.clientHeight) body.scrollTop = (here + 1) * ROW - body.clientHeight;
      draw();
    };
    let order = null;
    const apply = () => {
      const wanted = field.value.toLowerCase().trim().split(/\s+/);
      rows = [];
      for (let at = 0; at < all.length; at += 1) if (wanted.every((word) => texts[at].includes(word))) rows.push(at);
      if (order) {
        const { at, up } = order;
        const numeric = at > 3;
        const keys = numeric ? all.map((row) => (row[at] === "" || Number.isNaN(Number(row[at])) ? -Infinity : Number(row[at]))) : null;
        const less = numeric ? (a, b) => keys[a] - keys[b] || a - b : (a, b) => byText(all[a][at], all[b][at]) || a - b;
        rows.sort(up ? less : (a, b) => less(b, a));
      }
      renew();
    };
    for (const [title, at, number] of columns) {
      const button = make("button", { className: "sort", type: "button", textContent: title });
      const cell = make("div", { className: number ? "num" : "" }, button);
      cell.setAttribute("role", "columnheader");
      button.addEventListener("click", () => {
        order = { at, up: !(order && order.at === at && order.up) };
        for (const other of head.children) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", order.up ? "ascending" : "descending");
        apply();
      });
      head.append(cell);
    }
    const page = () => Math.max(1, Math.floor(body.clientHeight / ROW) - 1);
    const moves = {
      ArrowDown: () => here + 1, ArrowUp: () => here - 1, PageDown: () => here + page(), PageUp: () => here - page(),
      Home: () => 0, End: () => rows.length - 1,
    };
    body.addEventListener("keydown", (event) => {
      if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      pick(moves[event.key]());
    });
    body.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) pick(Number(row.dataset.at));
    });
    body.addEventListener("scroll", draw, { passive: true });
    addEventListener("resize", draw);
    field.addEventListener("input", apply);
    box.append(make("div", { className: "tools" }, field, said), list, picked);
    box.hidden = false;
    document.getElementById("told")?.removeAttribute("open");
    renew();
  };
  const fail = (error) => {
    document.getElementById("every").hidden = true;
    document.documentElement.dataset.ready = `no: ${error}`;
  };
  if (packed) listing().then(() => { document.documentElement.dataset.ready = "yes"; }, fail);
  else document.documentElement.dataset.ready = "yes";
})();
