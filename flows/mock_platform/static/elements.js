// The site's custom elements. Each keeps its native control inside and adds what the page asks of it.

class FlButton extends HTMLElement {
  get native() {
    return this.querySelector("button");
  }

  busy(on, label = null) {
    this.querySelector("fl-spinner")?.remove();
    this.native.disabled = on;
    this.native.setAttribute("aria-busy", String(on));
    if (on) this.native.append(h("fl-spinner", { fltrackinglabel: label, role: "progressbar", "aria-label": "Loading" }));
  }
}

class FlInput extends HTMLElement {
  get native() {
    return this.querySelector("input");
  }

  problem(text) {
    this.querySelector(".field-error")?.remove();
    this.native.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) this.append(h("span", { class: "field-error", role: "alert" }, text));
  }
}

class FlBannerAlert extends HTMLElement {
  show(title, text) {
    this.setAttribute("role", "alert");
    this.hidden = false;
    this.replaceChildren(title ? h("strong", {}, title) : "", h("p", {}, text));
  }

  clear() {
    this.hidden = true;
    this.replaceChildren();
  }
}

class FlTabs extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      const tabs = [...this.querySelectorAll('[role="tab"]')];
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const here = tabs.indexOf(document.activeElement);
      if (step && here >= 0) tabs[(here + step + tabs.length) % tabs.length].focus();
    });
  }
}

customElements.define("fl-button", FlButton);
customElements.define("fl-input", FlInput);
customElements.define("fl-banner-alert", FlBannerAlert);
customElements.define("fl-tabs", FlTabs);
for (const name of ["fl-link", "fl-tab-item", "fl-checkbox", "fl-select", "fl-text", "fl-bit", "fl-spinner", "fl-captcha"]) {
  customElements.define(name, class extends HTMLElement {});
}
