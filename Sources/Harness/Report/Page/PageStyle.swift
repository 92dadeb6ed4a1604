// SPDX-License-Identifier: Apache-2.0

/// The looks of a page: the system's fonts, one palette for light and one for dark, no ornament.
enum PageStyle {
  /// Okabe and Ito's palette as gnuplot's pictures have it, and the machine's boxes.
  private static let light = """
    --ink:#16181d;--soft:#5b626e;--line:#d6dae0;--grid:#e9ecf0;--paper:#fff;--sheet:#f6f7f9;
    --link:#0b57a4;--bad:#b3261e;--badsheet:#fdecea;--good:#00684a;--goodsheet:#e3f3ec;
    --c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#b85c93;--c4:#c98a00;--c5:#3b9ed4;--c6:#16181d;
    --c7:#8c564b;--c8:#7a7a00;--c9:#8a2be2;--roof:#8a919c;
    --counted:#0072b2;--nearer:#009e73;--far:#d55e00;--mixed:#c98a00;--quarantined:#b3261e;
    --ledger:#7a8290;--numa:#efe6d6;--l3:#e3ecf7;--core:#e0e2e6;--pu:#fff;
    --producer:#cfe3f5;--customer:#f9dcc4;--both:#e8d5ef;--segment:#008f6b;
    """

  private static let dark = """
    --ink:#e4e7ec;--soft:#9aa3b0;--line:#343a44;--grid:#262b33;--paper:#14171c;--sheet:#1b1f26;
    --link:#7db7f0;--bad:#ff8a80;--badsheet:#3a1d1b;--good:#6fd3ac;--goodsheet:#17322a;
    --c0:#56a8e0;--c1:#f28a44;--c2:#2fc598;--c3:#e29cc4;--c4:#f0b63a;--c5:#8fd0f5;--c6:#e4e7ec;
    --c7:#c99b8f;--c8:#c6c652;--c9:#b98cf0;--roof:#868e9a;
    --counted:#56a8e0;--nearer:#2fc598;--far:#f28a44;--mixed:#f0b63a;--quarantined:#ff8a80;
    --ledger:#858e9c;--numa:#2b2721;--l3:#1d2733;--core:#2a2e35;--pu:#14171c;
    --producer:#1f4666;--customer:#5c371c;--both:#48305a;--segment:#2fc598;
    """

  static let text = """
    :root{color-scheme:light dark;\(light)}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]){\(dark)}}
    :root[data-theme=dark]{color-scheme:dark;\(dark)}
    :root[data-theme=light]{color-scheme:light}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
    header,main{max-width:1240px;margin:0 auto;padding:0 20px}
    header{display:flex;gap:16px;align-items:flex-start;justify-content:space-between;padding-top:24px}
    h1{font-size:22px;line-height:1.3;margin:0 0 12px;font-weight:650}
    h2{font-size:16px;line-height:1.4;margin:0 0 8px;font-weight:650;overflow-wrap:anywhere}
    section{border-top:1px solid var(--line);margin-top:32px;padding-top:18px}
    p{margin:8px 0;max-width:90ch;overflow-wrap:anywhere}
    a{color:var(--link)}
    #theme{flex:none;font:inherit;font-size:13px;color:var(--soft);background:none;
    border:1px solid var(--line);border-radius:4px;padding:3px 10px;cursor:pointer}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px}
    .alarm{color:var(--bad);background:var(--badsheet);padding:8px 12px;border-left:3px solid var(--bad);
    max-width:none}
    dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 16px;margin:10px 0;
    font-size:14px}
    dt{color:var(--soft)}
    dd{margin:0;overflow-wrap:anywhere}
    .notes{font-size:13px;color:var(--soft);padding-left:18px;margin:8px 0;columns:2 380px;
    column-gap:32px}
    .notes li{break-inside:avoid;overflow-wrap:anywhere}
    pre{font:12.5px/1.45 ui-monospace,"DejaVu Sans Mono",monospace;background:var(--sheet);
    padding:12px;overflow-x:auto;border:1px solid var(--line);border-radius:4px}
    code{font:.92em ui-monospace,"DejaVu Sans Mono",monospace}
    details{margin:10px 0}
    summary{cursor:pointer;padding:3px 0;overflow-wrap:anywhere}
    details details{margin:0;border-top:1px solid var(--grid);padding-left:14px}
    details details>summary{font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
    details details[open]{padding-bottom:12px}
    .contents ol{margin:4px 0;padding-left:24px;font-size:14px}
    .contents li{overflow-wrap:anywhere}
    .scroll{overflow-x:auto;margin:14px 0;max-width:100%}
    table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums}
    caption{text-align:left;padding-bottom:4px}
    caption span{display:inline-block;position:sticky;left:0;max-width:min(80ch,calc(100vw - 40px));
    font-weight:600}
    th,td{padding:3px 10px;text-align:left;border-bottom:1px solid var(--grid);white-space:nowrap}
    th:first-child,td:first-child{padding-left:2px}
    th{border-bottom:1px solid var(--line);font-weight:600;color:var(--soft);vertical-align:bottom}
    td:last-child:not(.n){white-space:normal;min-width:30ch}
    tbody tr:hover{background:var(--sheet)}
    .n{text-align:right}
    .best{color:var(--good);font-weight:650}
    .faint{color:var(--soft)}
    .bad{color:var(--bad);font-weight:650}
    th button{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;cursor:pointer;
    text-align:inherit}
    th button::after,th.n button::before{content:"";display:inline-block;width:.9em}
    th.n button::after{display:none}
    th[aria-sort=ascending] button::after,th.n[aria-sort=ascending] button::before{content:"\\2191"}
    th[aria-sort=descending] button::after,th.n[aria-sort=descending] button::before{content:"\\2193"}
    th[aria-sort=ascending],th[aria-sort=descending]{color:var(--ink)}
    .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr));
    gap:22px 28px;margin:16px 0}
    figure{margin:0;min-width:0}
    figure.wide{grid-column:1/-1;max-width:900px}
    figcaption{font-weight:600;font-size:13.5px;margin-bottom:4px}
    figure p{font-size:12px;color:var(--soft);margin:4px 0 0}
    .frame{overflow-x:auto}
    .chart{display:block;width:100%;height:auto;font:12px system-ui,"Liberation Sans",sans-serif}
    .chart text{fill:var(--soft)}
    .chart .mid{text-anchor:middle}
    .chart .end{text-anchor:end}
    .chart path,.legend path{fill:none;stroke-linejoin:round;stroke-linecap:butt}
    .grid{stroke:var(--grid)}
    .axis{stroke:var(--line)}
    .border{stroke:var(--line);stroke-dasharray:2 3}
    .chart .ledger{fill:var(--ledger)}
    .l{stroke:currentColor;stroke-width:1.7}
    .bar{stroke:currentColor;stroke-width:1.2;opacity:.65}
    .chart path.f,.legend path.f{fill:currentColor}
    .chart path.o,.legend path.o{fill:var(--paper);stroke:currentColor;stroke-width:1.4}
    .dots path.f{opacity:.75}
    .s.off{display:none}
    .legend{list-style:none;margin:6px 0 0;padding:0;display:flex;flex-wrap:wrap;gap:2px 14px;
    font-size:12.5px}
    .legend li{display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
    .legend li[role]{cursor:pointer}
    .legend li[aria-pressed=false]{opacity:.4;text-decoration:line-through}
    .legend svg{width:26px;height:14px;flex:none}
    .c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}
    .c4{color:var(--c4)}.c5{color:var(--c5)}.c6{color:var(--c6)}.c7{color:var(--c7)}
    .c8{color:var(--c8)}.c9{color:var(--c9)}.roof{color:var(--roof)}
    .counted{color:var(--counted)}.nearer{color:var(--nearer)}.far{color:var(--far)}
    .mixed{color:var(--mixed)}.quarantined{color:var(--quarantined)}
    .machine{display:block;width:100%;height:auto;font:11px system-ui,"Liberation Sans",sans-serif}
    .machine text{fill:var(--ink)}
    .machine .title{font-weight:600}
    .machine .centered{text-anchor:middle}
    .machine .fixed{fill:var(--soft)}
    .machine rect{fill:var(--paper);stroke:var(--roof)}
    .machine .package{fill:var(--sheet)}.machine .numa{fill:var(--numa)}
    .machine .l3{fill:var(--l3)}.machine .core{fill:var(--core)}.machine .pu{fill:var(--pu)}
    .machine .forbidden{stroke:var(--bad);stroke-dasharray:3 2}
    .machine .producer{fill:var(--producer);stroke-width:2}
    .machine .customer{fill:var(--customer);stroke-width:2}
    .machine .both{fill:var(--both);stroke-width:2}
    .machine .segment{stroke:var(--segment);stroke-width:3}
    @media (max-width:560px){
    body{font-size:14px}
    header,main{padding-left:14px;padding-right:14px}
    dl{grid-template-columns:minmax(0,1fr);gap:0}
    dd{margin-bottom:6px}
    .chart{font-size:14px}
    .chart .name{font-size:13px}
    .wide .chart{min-width:620px;font-size:13px}
    td:last-child:not(.n){min-width:24ch}
    }
    @media print{
    #theme,.contents{display:none}
    figure,tr{break-inside:avoid}
    }
    """
}
