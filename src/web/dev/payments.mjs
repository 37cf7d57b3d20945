/** The mock of money that goes back and of the processor's files. Shapes are the API's. */

const payments = [
  {
    paymentId: 301,
    accountId: 4102,
    clientAccountNo: "NW-005002",
    amount: 340.25,
    currency: "USD",
    method: "CreditCard",
    state: "Captured",
    receipt: "328 184 465",
    reference: "9f31c2aa70b4d8e1",
    confirmationCode: "ch_77a1",
    updatedAt: "2026-07-13T15:02:00Z",
    returned: 0,
  },
];

const refund = (refundId, amount, state, requestedBy, more = {}) => ({
  refundId,
  paymentId: 290 + refundId,
  accountId: 4102,
  reference: `0c44ab12ef9900${refundId}0`,
  kind: "Refund",
  amount,
  paid: 120,
  currency: "USD",
  reason: "paid twice by mistake",
  state,
  requestedBy,
  requestedAt: "2026-07-13T16:20:00Z",
  decidedBy: null,
  decidedAt: null,
  processorReference: null,
  doneAt: null,
  ...more,
});

const refunds = [
  refund(2, 60, "Requested", "lead"),
  refund(1, 120, "Approved", "lead", { decidedBy: "supervisor", decidedAt: "2026-07-13T16:40:00Z" }),
];

const file = (reconciliationId, from, more = {}) => ({
  reconciliationId,
  source: "settlement.csv",
  fromAt: `${from}T00:00:00Z`,
  untilAt: `${from}T23:59:59Z`,
  runAt: `${from}T23:59:59Z`,
  runBy: "schedule",
  lines: 212,
  matched: 210,
  resolved: 2,
  ourTotal: 18412.5,
  theirTotal: 18412.5,
  differences: 0,
  ...more,
});

const files = [
  file(2, "2026-07-12", { matched: 208, resolved: 1, ourTotal: 17020.25, theirTotal: 17075.25, differences: 1 }),
  file(1, "2026-07-11"),
];

export const paymentRoutes = ({ json, readAll, readJson, problem }) => {
  const decide = (response, id, from, change) => {
    const found = refunds.find((each) => String(each.refundId) === id);
    if (!found) return problem(response, 404, "Not found");
    if (found.state !== from) return problem(response, 409, `The refund is ${found.state} already.`);
    Object.assign(found, change);
    response.writeHead(204).end();
  };
  return {
    "GET /api/v1/payments": (request, response) => {
      const q = new URL(request.url, "http://mock").searchParams.get("q");
      json(
        response,
        200,
        payments.filter((each) =>
          [each.receipt, each.reference, each.confirmationCode, each.clientAccountNo].includes(q),
        ),
      );
    },
    "POST /api/v1/payments/:id/refunds": async (request, response, user, id) => {
      const body = await readJson(request);
      const payment = payments.find((each) => String(each.paymentId) === id);
      if (!payment) return problem(response, 404, "Not found");
      const { paymentId, accountId, reference, amount: paid } = payment;
      refunds.unshift(
        refund(refunds.length + 1, body.amount, "Requested", user.userName, {
          paymentId,
          accountId,
          reference,
          paid,
          kind: body.kind,
          reason: body.reason,
        }),
      );
      json(response, 201, { refundId: refunds.length });
    },
    "GET /api/v1/refunds": (_request, response) => json(response, 200, refunds),
    "POST /api/v1/refunds/:id/approve": (_request, response, user, id) =>
      decide(response, id, "Requested", { state: "Approved", decidedBy: user.userName }),
    "POST /api/v1/refunds/:id/reject": async (request, response, user, id) => {
      await readAll(request);
      decide(response, id, "Requested", { state: "Rejected", decidedBy: user.userName });
    },
    "POST /api/v1/refunds/:id/done": async (request, response, _user, id) => {
      const { processorReference } = await readJson(request);
      decide(response, id, "Approved", { state: "Done", processorReference });
    },
    "GET /api/v1/payments/reconciliations": (_request, response) => json(response, 200, files),
    "GET /api/v1/payments/reconciliations/:id": (_request, response) =>
      json(response, 200, [{ reference: "77aa00bb11cc22dd", difference: "UnknownToUs", ours: null, theirs: 55 }]),
    "POST /api/v1/payments/reconciliations": async (request, response) => {
      const lines = (await readAll(request)).toString().trim().split("\n").length - 2;
      files.unshift(
        file(files.length + 1, "2026-07-13", {
          source: "upload",
          runBy: "supervisor",
          lines,
          matched: lines,
          resolved: 0,
        }),
      );
      json(response, 201, { id: files.length });
    },
  };
};
