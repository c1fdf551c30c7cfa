// The deposit page: what is paid for, with which source, at which fees, and the button that pays.

async function startDeposit() {
  const cart = find("app-deposit").dataset.cart;
  const place = find("section.checkout");
  place.append(h("fl-spinner", { role: "progressbar", "aria-label": "Loading" }));
  try {
    const address = cart ? `/api/payments/0.1/carts/${cart}` : `/api/payments/0.1/deposit_options${location.search}`;
    showCheckout(place, cart, await call("GET", address));
  } catch (error) {
    place.replaceChildren();
    showError(find(".payment-error"), "Unable to load payment", `${error.message} request_id: ${error.requestId ?? ""}`, error);
  }
  place.setAttribute("aria-busy", "false");
}

function showCheckout(place, cart, order) {
  find(".project-title").textContent = order.project.title;
  find(".project-id").textContent = order.project.id;
  find(".counterparty").textContent = order.project.counterparty;
  const body = h("tbody");
  const pay = button(knobs.pay_label, () => payNow(cart, order, chosen(), pay), { disabled: true, label: "ConfirmPaymentButton" });
  pay.dataset.invented = "";
  const chosen = () => order.sources.find((source) => source.id === find('input[name="source"]:checked', place)?.value);
  const update = () => {
    const rows = [...order.cart.items.map((item) => [item.description || "Item", item.amount_text]),
      ...(chosen()?.rows ?? []).map((row) => [row.label, row.amount_text])];
    body.replaceChildren(...rows.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text))));
    pay.native.disabled = !chosen();
  };
  place.replaceChildren(
    h("table", { "aria-label": "Summary" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Item"), h("th", { scope: "col" }, "Amount"))), body),
    h("fieldset", {}, h("legend", {}, "Payment method"), sourceList(order, update)), pay);
  update();
}

function sourceList(order, update) {
  const radio = (source) => h("label", { class: "source", "data-source": source.id, "data-verified": String(source.verified) },
    h("input", { type: "radio", name: "source", value: source.id, checked: source.id === order.preselected, onchange: update }),
    ` ${source.label}`);
  const group = (name) => order.sources.filter((source) => source.group === name).map(radio);
  const more = group("more");
  if (!order.sources.length) {
    return [h("p", {}, "You have to either add a verified payment method or add funds upon creating a milestone.")];
  }
  return [...group("balance"), ...group("agreement"), ...(more.length ? [h("h3", {}, "More payment methods"), ...more] : [])];
}

async function payNow(cart, order, source, pay) {
  if (!confirmed(source.total_text)) return;
  const banner = find(".payment-error");
  banner.clear();
  pay.busy(true);
  try {
    const paid = await sendMoney("cart.process", (second) => cart
      ? call("PUT", `/api/payments/0.1/carts/${cart}`, { action: "process", source: source.id }, second)
      : call("POST", "/api/payments/0.1/deposits/", { ...depositFields(), source: source.id }, second));
    location.assign(`/cart?cartId=${paid.id}`);
  } catch (error) {
    const text = error.code === "PAYMENT_REQUIRED" ? `${error.message} request_id: ${error.requestId}` : creationErrorText(error, order.project.counterparty);
    showError(banner, "Unable to create milestone", text, error);
    pay.busy(false);
  }
}

function depositFields() {
  const asked = new URLSearchParams(location.search);
  const fields = {
    project_id: Number(asked.get("id")), bidder_id: Number(asked.get("bidderId")),
    amount: Number(asked.get("amount")), description: asked.get("descr"),
  };
  if (asked.get("requestId")) fields.milestone_request_id = Number(asked.get("requestId"));
  return fields;
}
