"use strict";
var proof = (function () {
  var doc = document, root = doc.documentElement, $ = function (id) { return doc.getElementById(id); };
  root.classList.add("js");

  // theme: what the system says, unless the reader has chosen
  var themes = ["auto", "light", "dark"];
  function theme(set) {
    var now = root.dataset.theme || "auto";
    if (set) {
      now = themes[(themes.indexOf(now) + 1) % 3];
      if (now === "auto") delete root.dataset.theme; else root.dataset.theme = now;
      try { if (now === "auto") localStorage.removeItem("proof-theme"); else localStorage.setItem("proof-theme", now); } catch (e) { /* a file has no store everywhere */ }
    }
    $("theme").textContent = "Theme: " + now;
  }
  $("theme").addEventListener("click", function () { theme(true); });
  theme(false);

  function make(tag, name, text) {
    var e = doc.createElement(tag);
    if (name) e.className = name;
    if (text !== undefined) e.textContent = text;
    return e;
  }

  // ---------------------------------------------------------------- one source
  function page() {
    var raw = $("raw"), clean = $("clean"), tip = $("tip"), where = $("where"), main = raw.parentNode;
    var notes = JSON.parse($("notes").textContent);
    var KINDS = { joined: "#raw .j", normalised: "#raw .c", moved: "#raw .m", "jump line": "#raw .q", furniture: "#raw .u", removed: "#raw .r", decision: "#raw .d", flag: "#clean [lang=zh-Hans] .f", variant: "#clean .row .v" };
    var SAID = { joined: "j", normalised: "c", moved: "m", "jump line": "q", furniture: "u", removed: "r", decision: "d", flag: "f", variant: "v" };
    var ALL = ["joined", "normalised", "moved", "jump line", "furniture", "removed", "flag", "variant"].map(function (k) { return KINDS[k]; }).join(",");
    var narrow = matchMedia("(max-width:700px)");
    var kind = null, list = null, here = -1;

    function show(side) {
      main.classList.toggle("raw", side === raw);
      doc.querySelectorAll("[data-show]").forEach(function (b) { b.setAttribute("aria-pressed", String((b.dataset.show === "raw") === (side === raw))); });
    }
    doc.querySelectorAll("[data-show]").forEach(function (b) { b.addEventListener("click", function () { show($(b.dataset.show)); }); });

    function into(e) {
      if (!e) return;
      if (narrow.matches && raw.contains(e) !== main.classList.contains("raw")) show(raw.contains(e) ? raw : clean);
      e.scrollIntoView({ block: "center", inline: "nearest" });
    }
    function dark() {
      doc.querySelectorAll(".lit").forEach(function (e) { e.classList.remove("lit"); });
    }
    function light(number, from) {
      dark();
      var all = doc.querySelectorAll('[data-s="' + number + '"]'), other = null;
      all.forEach(function (e) {
        e.classList.add("lit");
        if (!other && from && raw.contains(e) !== raw.contains(from)) other = e;
      });
      return other;
    }

    // the note beside a change
    function describe(e) {
      var box = doc.createDocumentFragment(), rule = e.dataset.r !== undefined ? notes.rules[e.dataset.r] : null;
      var name = Object.keys(SAID).filter(function (k) { return e.classList.contains(SAID[k]); })[0] || "";
      box.append(make("b", "", e.dataset.k && name !== "joined" ? e.dataset.k : name + (rule ? " · " + rule[0] : "")));
      if (e.classList.contains("c") || e.classList.contains("f")) {
        var before = e.dataset.b !== undefined ? e.dataset.b : e.textContent, after = e.dataset.b !== undefined ? e.textContent : e.dataset.a;
        if (after) box.append(make("span", "change", before + " → " + after));
      }
      if (e.dataset.w) box.append(make("div", "", e.dataset.w));
      else if (rule && rule[1]) box.append(make("div", "", rule[1]));
      if (e.dataset.d !== undefined) {
        var d = notes.decisions[e.dataset.d];
        box.append(make("div", "", d[0] + (d[1] === null ? "" : ", p " + d[1].toFixed(2))));
        if (d[2].length) { var ul = make("ul"); d[2].forEach(function (t) { ul.append(make("li", "", t)); }); box.append(ul); }
      }
      return box;
    }
    var NOTED = ".c,.q,.u,.r,.f,.v,.j,.d,.w", pinned = null;
    function noted(e) { return e.closest && main.contains(e) ? e.closest(NOTED) : null; }
    function hint(e) {
      if (!e) { tip.hidden = true; return; }
      tip.replaceChildren(describe(e));
      tip.hidden = false;
      var box = e.getClientRects()[0] || e.getBoundingClientRect(), mine = tip.getBoundingClientRect();
      var top = box.bottom + 8 + mine.height < innerHeight ? box.bottom + 8 : Math.max(4, box.top - mine.height - 8);
      tip.style.top = top + "px";
      tip.style.left = Math.max(4, Math.min(box.left, innerWidth - mine.width - 8)) + "px";
    }
    doc.addEventListener("mouseover", function (ev) { hint(noted(ev.target) || pinned); });
    doc.addEventListener("focusin", function (ev) { if (noted(ev.target)) hint(ev.target); else if (main.contains(ev.target)) hint(pinned = null); });
    doc.addEventListener("scroll", function () { hint(pinned); }, true);

    main.addEventListener("click", function (ev) {
      var note = ev.target.closest(NOTED), s = ev.target.closest("[data-s]") || (note && stretch(note));
      hint(pinned = note);
      if (!s) { if (!note) dark(); return; }
      var other = light(s.dataset.s, s);
      if (other && !(narrow.matches && note)) into(other);
      if (!note) focus(s, true);
      if (!other && s.querySelector(".x")) {
        hint(pinned = s.querySelector(".x"));
        tip.replaceChildren(make("b", "", "on another page"), make("div", "", "The link above the article leads there."));
      }
    });

    // a mark between two stretches belongs to the one before it, or the one after
    function stretch(e) {
      var s = e.closest("[data-s]"), n = e.previousElementSibling, m = e.nextElementSibling;
      while (!s && (n || m)) {
        if (n) { if (n.dataset.s) s = n; n = n.previousElementSibling; }
        if (!s && m) { if (m.dataset.s) s = m; m = m.nextElementSibling; }
      }
      return s;
    }
    function focus(e, quiet) {
      if (!e.hasAttribute("tabindex")) e.tabIndex = -1;
      e.focus({ preventScroll: true });
      if (!quiet) into(e);
    }
    function step(by) {
      if (!list) { list = Array.from(doc.querySelectorAll(kind ? KINDS[kind] : ALL)); here = by > 0 ? -1 : list.length; }
      if (!list.length) return;
      here = (here + by + list.length) % list.length;
      var e = list[here], s = stretch(e);
      doc.querySelectorAll(".at").forEach(function (x) { x.classList.remove("at"); });
      e.classList.add("at");
      if (s) { var other = light(s.dataset.s, s); if (other && !narrow.matches) into(other); } else dark();
      focus(e);
      hint(pinned = e);
      where.textContent = (here + 1) + " of " + list.length + (kind ? " · " + kind : "");
    }
    function sentence(by) {
      var all = Array.from(clean.querySelectorAll("[data-s]")), now = all.indexOf(doc.activeElement.closest && doc.activeElement.closest("#clean [data-s]"));
      if (now < 0) now = all.indexOf(clean.querySelector(".lit"));
      var next = all[Math.max(0, Math.min(all.length - 1, now + by))];
      if (!next) return;
      var other = light(next.dataset.s, next);
      if (other && !narrow.matches) into(other);
      focus(next);
    }
    $("next").addEventListener("click", function () { step(1); $("next").focus({ preventScroll: true }); });
    $("prev").addEventListener("click", function () { step(-1); $("prev").focus({ preventScroll: true }); });
    doc.querySelectorAll("[data-kind]").forEach(function (b) {
      b.addEventListener("click", function () {
        var on = b.getAttribute("aria-pressed") !== "true";
        doc.querySelectorAll("[data-kind]").forEach(function (o) { o.setAttribute("aria-pressed", "false"); });
        b.setAttribute("aria-pressed", String(on));
        kind = on ? b.dataset.kind : null;
        list = null;
        where.textContent = "";
        if (on) { step(1); b.focus({ preventScroll: true }); }
      });
    });
    var hant = $("hant");
    if (hant) hant.addEventListener("click", function () {
      var on = hant.getAttribute("aria-pressed") !== "true";
      hant.setAttribute("aria-pressed", String(on));
      clean.classList.toggle("both", on);
      clean.querySelectorAll(".hant").forEach(function (e) { e.hidden = !on; });
    });
    doc.addEventListener("keydown", function (ev) {
      if (ev.ctrlKey || ev.metaKey || ev.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(ev.target.tagName)) return;
      var s;
      if (ev.key === "n") step(1);
      else if (ev.key === "p") step(-1);
      else if (ev.key === "j") sentence(1);
      else if (ev.key === "k") sentence(-1);
      else if (ev.key === "Enter" && (s = ev.target.closest("[data-s]"))) { var other = light(s.dataset.s, s); if (other) focus(other); }
      else if (ev.key === "Escape") { dark(); hint(pinned = null); }
      else return;
      ev.preventDefault();
    });
    if (location.hash) { var to = $(decodeURIComponent(location.hash.slice(1))); if (to) to.scrollIntoView(); }
  }

  // ---------------------------------------------------------------- the index
  var VERDICTS = [["pass", "✓", "pass"], ["warn", "!", "warn"], ["fail", "✕", "quarantined"], ["unreadable", "∅", "unreadable"], ["duplicate", "≡", "duplicate"]];
  var PER = 50, chunks, loaded = [], waiting = [], shown = 0, filters = {}, asked = 0;
  var TESTS = [function (r) { return r[10] >= 2; }, function (r) { return r[10] === 1; }, function (r) { return r[9] > 0; }, function (r) { return r[11] > 0; }, function (r) { return r[12] > 0; }];

  function chunk(number, rows) {
    loaded[number] = rows;
    (waiting[number] || []).forEach(function (f) { f(); });
    waiting[number] = null;
  }
  function need(numbers, then) {
    var missing = numbers.filter(function (n) { return !loaded[n]; }), left = missing.length;
    if (!left) { then(); return; }
    missing.forEach(function (n) {
      if (!waiting[n]) {
        waiting[n] = [];
        var s = doc.createElement("script");
        s.src = "data/" + n + ".js";
        s.onerror = function () { $("status").textContent = "data/" + n + ".js cannot be read; write the proof again."; };
        doc.head.append(s);
      }
      waiting[n].push(function () { if (!--left) then(); });
    });
  }
  function list() {
    var query = $("query").value.trim().toLowerCase(), order = $("order").value, on = Object.keys(filters).filter(function (k) { return filters[k]; });
    var mine = ++asked, total = chunks.reduce(function (a, c) { return a + c[0]; }, 0);
    // without search or order, only the files that hold something on this page, or match a filter, are loaded
    var plain = !query && !order && !on.length, wanted = [];
    if (plain) { for (var n = Math.floor(shown * PER / CH); n <= Math.floor(Math.min(total - 1, shown * PER + PER - 1) / CH); n++) wanted.push(n); }
    else chunks.forEach(function (c, n) { if (on.every(function (k) { return c[+k + 1]; })) wanted.push(n); });
    if (wanted.some(function (n) { return !loaded[n]; })) $("status").textContent = "Reading…";
    need(wanted, function () {
      if (mine !== asked) return;
      var rows = [];
      if (plain) { for (var i = shown * PER; i < Math.min(total, shown * PER + PER); i++) rows.push(loaded[Math.floor(i / CH)][i % CH]); draw(rows, total); return; }
      wanted.forEach(function (n) {
        loaded[n].forEach(function (r) {
          if (on.every(function (k) { return TESTS[k](r); }) && (!query || (r[13] + " " + r[1] + " " + r[2] + " " + r[3]).toLowerCase().indexOf(query) >= 0)) rows.push(r);
        });
      });
      if (order) rows = rows.map(function (r, i) { return [r, i]; }).sort(function (a, b) { return b[0][order] - a[0][order] || a[1] - b[1]; }).map(function (x) { return x[0]; });
      draw(rows.slice(shown * PER, shown * PER + PER), rows.length);
    });
  }
  function cell(row, label, text) { var td = make("td", "num", text); td.dataset.l = label; row.append(td); return td; }
  function draw(rows, total) {
    var table = make("table"), head = make("tr"), body = make("tbody");
    ["Source", "Verdict", "Articles", "Characters", "Changes", "Flags"].forEach(function (t, i) { var th = make("th", i > 1 ? "num" : "", t); th.scope = "col"; head.append(th); });
    var top = make("thead");
    top.append(head);
    table.append(top, body);
    rows.forEach(function (r) {
      var tr = make("tr"), td = make("td"), a = make("a", "heads", r[13] || "(nothing)"), v = VERDICTS[r[10]];
      a.href = r[0];
      a.lang = "zh";
      td.append(a, make("div", "src", r[1] + (r[3] ? " · " + r[3] : "") + (r[4] ? " · page " + r[4] : "")));
      tr.append(td);
      td = make("td");
      var badge = make("span", "badge " + v[0]), sign = make("span", "", v[1]);
      sign.setAttribute("aria-hidden", "true");
      badge.append(sign, " " + v[2]);
      td.append(badge);
      if (r[11]) td.append(" ", make("span", "warnish", "incomplete"));
      tr.append(td);
      cell(tr, "articles", r[5] + (r[6] ? " + " + r[6] : "")).title = r[6] ? r[6] + " fragments" : "";
      cell(tr, "characters", r[7].toLocaleString("en"));
      cell(tr, "changes", r[8].toLocaleString("en"));
      cell(tr, "flags", r[9] || "");
      body.append(tr);
    });
    $("rows").replaceChildren(total ? table : make("p", "empty", "No source matches."));
    var pages = Math.ceil(total / PER);
    $("status").textContent = total ? (shown * PER + 1).toLocaleString("en") + "–" + Math.min(total, shown * PER + PER).toLocaleString("en") + " of " + total.toLocaleString("en") + " sources" : "";
    var nav = [];
    function to(n, text, current) {
      var b = make("button", "tool", text);
      b.type = "button";
      if (current) b.setAttribute("aria-current", "page"), b.setAttribute("aria-pressed", "true");
      b.disabled = n < 0 || n >= pages;
      b.addEventListener("click", function () { shown = n; list(); $("list").scrollIntoView(); });
      nav.push(b);
    }
    if (pages > 1) {
      to(shown - 1, "‹ previous");
      for (var n = 0; n < pages; n++) if (n < 2 || n >= pages - 2 || Math.abs(n - shown) < 3) to(n, String(n + 1), n === shown); else if (nav[nav.length - 1].tagName !== "SPAN") nav.push(make("span", "", "…"));
      to(shown + 1, "next ›");
    }
    $("pager").replaceChildren.apply($("pager"), nav);
  }
  var CH = 1;
  function index() {
    chunks = JSON.parse($("chunks").textContent);
    CH = chunks.length ? chunks[0][0] : 1;
    var timer;
    function again() { shown = 0; list(); }
    $("query").addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(again, 150); });
    $("order").addEventListener("change", again);
    $("filters").addEventListener("submit", function (ev) { ev.preventDefault(); again(); });
    doc.querySelectorAll("[data-filter]").forEach(function (b) {
      b.addEventListener("click", function () {
        var on = b.getAttribute("aria-pressed") !== "true";
        b.setAttribute("aria-pressed", String(on));
        filters[b.dataset.filter] = on;
        again();
      });
    });
    list();
  }

  if ($("notes")) page();
  return { chunk: chunk, start: function () { if ($("chunks")) index(); } };
})();
proof.start();
