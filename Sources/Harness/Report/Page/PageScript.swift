// SPDX-License-Identifier: Apache-2.0

/// The script of a page. Everything can be read without it.
enum PageScript {
  static let text = """
    "use strict";
    (() => {
      const root = document.documentElement;
      // Sorting: up, down, and as it was. Empty fields stay last.
      for (const table of document.querySelectorAll("table")) {
        const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
        const rows = [...body.rows];
        if (rows.length < 2) continue;
        const key = (row, i) => {
          const cell = row.cells[i], text = cell.textContent.trim();
          if (text === "" || text === "-") return null;
          if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
          return text.toLowerCase();
        };
        heads.forEach((head, i) => {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = head.textContent;
          head.replaceChildren(button);
          head.setAttribute("aria-sort", "none");
          button.addEventListener("click", () => {
            const now = head.getAttribute("aria-sort");
            const next = now === "none" ? "ascending" : now === "ascending" ? "descending" : "none";
            for (const other of heads) other.setAttribute("aria-sort", "none");
            head.setAttribute("aria-sort", next);
            const sign = next === "descending" ? -1 : 1;
            const order = next === "none" ? rows : [...rows].sort((a, b) => {
              const x = key(a, i), y = key(b, i);
              if (x === null || y === null) return (x === null) - (y === null);
              if (typeof x === "number" && typeof y === "number") return sign * (x - y);
              return sign * String(x).localeCompare(String(y), "en", { numeric: true });
            });
            body.append(...order);
          });
        });
      }
      // A legend's entry hides and shows its series.
      for (const entry of document.querySelectorAll(".legend li")) {
        const series = entry.closest("figure").querySelector(`.s[data-s="${entry.dataset.s}"]`);
        if (!series) continue;
        entry.setAttribute("role", "button");
        entry.setAttribute("aria-pressed", "true");
        entry.tabIndex = 0;
        const toggle = () => {
          const hidden = series.classList.toggle("off");
          entry.setAttribute("aria-pressed", String(!hidden));
        };
        entry.addEventListener("click", toggle);
        entry.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          toggle();
        });
      }
      // Dark and light: the system's choice until somebody makes another.
      const button = document.getElementById("theme"), names = ["auto", "dark", "light"];
      let theme = "auto";
      try { theme = localStorage.getItem("weir-theme") || "auto"; } catch {}
      const show = () => {
        if (!names.includes(theme)) theme = "auto";
        if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
        button.textContent = `theme: ${theme}`;
      };
      button.addEventListener("click", () => {
        theme = names[(names.indexOf(theme) + 1) % names.length];
        try { localStorage.setItem("weir-theme", theme); } catch {}
        show();
      });
      button.hidden = false;
      show();
      root.dataset.ready = "true";
    })();
    """
}
