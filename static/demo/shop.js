// The cart of the demo shop. It lives in sessionStorage, or in memory where a browser refuses that, and ends with the tab.
(() => {
  "use strict";
  const KEY = "alma-sol-cart";
  const FREE_FROM = 60, SHIPPING = 12;
  const lang = document.documentElement.lang;
  const money = new Intl.NumberFormat(lang, { style: "currency", currency: "EUR" });
  const all = (sel, from = document) => [...from.querySelectorAll(sel)];

  let cart = {};
  try {
    cart = JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch { /* no storage: the cart lives as long as the page */ }

  const bound = (n) => Math.max(1, Math.min(20, Math.trunc(n) || 1));

  const save = () => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(cart));
    } catch { /* see above */ }
    const n = Object.values(cart).reduce((a, b) => a + b, 0);
    for (const el of all("[data-count]")) {
      el.textContent = n.toLocaleString(lang);
      el.hidden = n === 0;
    }
  };

  const products = () => {
    const root = document.querySelector("[data-products]");
    if (!root) return;
    const articles = all("[data-item]", root);
    const wish = new URLSearchParams(location.search).get("item");
    const shown = articles.find((a) => a.dataset.item === wish) || articles.find((a) => !a.hidden);
    for (const a of articles) a.hidden = a !== shown;
    document.title = shown.querySelector("h1").textContent + " · Alma & Sol";
    // The other languages show the same piece.
    for (const a of all(".langs a")) a.search = location.search;
    shown.querySelector("form").addEventListener("submit", (ev) => {
      ev.preventDefault();
      const id = shown.dataset.item;
      cart[id] = Math.min(20, (cart[id] || 0) + bound(ev.target.elements.n.value));
      save();
      shown.querySelector(".said").textContent = root.dataset.added;
    });
  };

  const bill = () => {
    const root = document.querySelector("[data-cart]");
    if (!root) return;
    let sum = 0;
    for (const row of all("[data-row]", root)) {
      const n = cart[row.dataset.row] || 0;
      row.hidden = n === 0;
      row.querySelector("input").value = n || 1;
      row.querySelector("[data-sum]").textContent = money.format(n * row.dataset.price);
      sum += n * row.dataset.price;
    }
    const shipping = sum >= FREE_FROM ? 0 : SHIPPING;
    root.querySelector("[data-empty]").hidden = sum > 0;
    root.querySelector("[data-bill]").hidden = sum === 0;
    root.querySelector("[data-subtotal]").textContent = money.format(sum);
    root.querySelector("[data-shipping]").textContent = shipping ? money.format(shipping) : root.dataset.free;
    root.querySelector("[data-total]").textContent = money.format(sum + shipping);
  };

  const till = () => {
    const root = document.querySelector("[data-cart]");
    if (!root) return;
    root.addEventListener("change", (ev) => {
      const row = ev.target.closest("[data-row]");
      if (row) cart[row.dataset.row] = bound(ev.target.value);
      save();
      bill();
    });
    root.addEventListener("click", (ev) => {
      if (ev.target.matches("[data-remove]")) {
        delete cart[ev.target.closest("[data-row]").dataset.row];
        save();
        bill();
      }
      if (ev.target.matches("[data-checkout]")) root.querySelector("[data-note]").hidden = false;
    });
  };

  save();
  products();
  till();
  bill();
})();
