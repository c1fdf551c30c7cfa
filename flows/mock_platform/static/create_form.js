// Client: create a milestone (or accept a request) by cart or directly. Freelancer: request one.

async function createByCart(project, fields, second) {
  const draft = await call("POST", "/api/projects/0.1/milestone_drafts/", fields, second);
  const cart = await call("POST", "/api/payments/0.1/carts/", {}, second);
  const item = {
    contextType: "MILESTONE", contextId: draft.id, description: fields.description,
    currencyId: project.currency.id, amount: fields.amount, useBonus: true,
  };
  await call("POST", `/api/payments/0.1/carts/${cart.id}/cart_items/`, item, second);
  return cart.id;
}

function depositAddress(project, fields) {
  const query = new URLSearchParams({
    amount: fields.amount, bidderId: project.bidder_id, currency: project.currency.code, descr: fields.description,
    id: project.id, refAction: "create_milestone", username: project.counterparty, checkBalance: "true",
  });
  if (fields.milestone_request_id) query.set("requestId", fields.milestone_request_id);
  return `/deposit?${query}`;
}

async function createDirectly(project, fields, done) {
  try {
    await sendMoney("milestone.create", (second) => call("POST", "/api/projects/0.1/milestones/", fields, second));
  } catch (error) {
    if (error.code !== "PAYMENT_REQUIRED") throw error;
    location.assign(depositAddress(project, fields));
    return;
  }
  done("Milestone created.");
}

function openCreateForm(project, request, done) {
  const kind = knobs.path === "cart" ? "CreateCartButton" : "CreateButton";
  const base = "MilestoneCreateModal";
  openForm("Create Milestone Payment", (close) => {
    const form = moneyForm({
      currency: project.currency,
      preset: request ? { amount: request.amount_plain, description: request.description } : {},
      labels: {
        amount: `${base}InputAmount`, description: `${base}InputDescription`, cancel: `${base}CancelButton`,
        submit: base + kind, spinner: `${base}Spinner`,
      },
      texts: {
        heading: "Create Milestone Payment",
        body: "You can release this payment once you are 100% satisfied with the work provided.",
        submit: knobs.submit_label,
        failed: (banner, error) =>
          showError(banner, "Unable to create milestone", creationErrorText(error, project.counterparty), error),
      },
      close,
      submit: async (amount, description) => {
        const fields = {
          amount, description, project_id: project.id, bidder_id: project.bidder_id, bid_id: project.bid_id,
          project_owner_id: project.owner_id, currency_id: project.currency.id,
        };
        if (request) fields.milestone_request_id = request.id;
        if (knobs.path === "cart") {
          const cart = await sendMoney("milestone.create", (second) => createByCart(project, fields, second));
          location.assign(`/deposit?cartId=${cart}`);
          return;
        }
        await createDirectly(project, fields, (text) => {
          if (!drifting("dialog_stays")) close();
          done(text);
        });
      },
    });
    form.setAttribute("fltrackingsection", base);
    return form;
  });
}

function openRequestForm(project, done) {
  // the tracking labels of this form are invented, after the pattern of the create form
  const base = "MilestoneRequestModal";
  openForm("Request Milestone", (close) => {
    const form = moneyForm({
      currency: project.currency,
      labels: {
        amount: `${base}InputAmount`, description: `${base}InputDescription`, cancel: `${base}CancelButton`,
        submit: `${base}RequestButton`, spinner: `${base}Spinner`,
      },
      texts: {
        heading: "Request Milestone",
        submit: "Request",
        failed: (banner, error) => showError(banner, "Unable to request milestone",
          `${error.message} request_id: ${error.requestId ?? ""}`, error),
      },
      close,
      submit: async (amount, description) => {
        const fields = { project_id: project.id, bid_id: project.bid_id, description, amount };
        await sendMoney("milestone.request", (second) =>
          call("POST", "/api/projects/0.1/milestone_requests/", fields, second));
        if (!drifting("dialog_stays")) close();
        done("Milestone requested.");
      },
    });
    form.setAttribute("fltrackingsection", base);
    form.dataset.invented = "";
    return form;
  });
}
