import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { beAvailable, campaigns, personCalls, supervisor as supervisorHeaders } from "../demo/caller";
import { userOf } from "../demo/host";
import { expect, expectAccessible, signIn, test, useScheme } from "../screens";

/** Writes the pictures of the desk in each of its states, as small as a screen of the floor: `npm run pictures -- -g "desk in each state"`. */
const folder = fileURLToPath(new URL("../../../src/docs/images/desk/", import.meta.url));
const slow = { timeout: 60_000 };
const state = (page: Page) => page.locator(".desk-state .state");
const picture = (page: Page, name: string) => page.screenshot({ path: `${folder}${name}.png` });

test.use({ viewport: { width: 1280, height: 720 } });
test.beforeAll(() => campaigns("pause"));
test.afterAll(() => campaigns("launch"));

test("the desk in each state", async ({ page, context }) => {
  test.setTimeout(400_000);
  await signIn(page, ...userOf("DIALER_AGENT"));
  await expect(page.getByRole("button", { name: "Start work" })).toBeVisible();
  await picture(page, "01-not-at-work");
  await beAvailable(page);
  for (const discard of await page.getByRole("button", { name: "Discard" }).all()) await discard.click();
  await picture(page, "02-available");

  await dialSomebody(page);
  await expect(state(page)).toHaveText("Reserved", slow);
  await picture(page, "03-dialling");
  await page.keyboard.press("Alt+Shift+H");
  await finish(page);

  await personCalls(page, 0);
  await expect(page.getByText("Talking")).toBeVisible({ timeout: 90_000 });
  await picture(page, "04-talking-before-verification");
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  await expect(page.getByText("Past due")).toBeVisible();
  await expect(page.getByRole("list", { name: "Timeline" })).toBeVisible();
  await picture(page, "05-verified-with-timeline");
  await useScheme(page, "dark");
  await picture(page, "06-verified-dark");
  await useScheme(page, "light");
  await page.getByRole("tab", { name: "Numbers and consent" }).click();
  await expect(page.getByRole("button", { name: "Add number" })).toBeVisible();
  await page.getByRole("button", { name: "Add number" }).scrollIntoViewIfNeeded();
  await picture(page, "07-numbers-and-consent");
  await page.getByRole("tab", { name: "Write" }).click();
  await expect(page.getByRole("article", { name: "Preview" })).toBeVisible();
  await page.getByRole("article", { name: "Preview" }).scrollIntoViewIfNeeded();
  await picture(page, "08-a-letter");
  await page.getByRole("button", { name: /Break after this call/ }).click();
  await page.getByRole("menuitem", { name: "Lunch" }).click();
  await expect(page.getByText("Next: Break")).toBeVisible();
  await page.getByRole("button", { name: "Promise to pay" }).click();

  await context.setOffline(true);
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeVisible(slow);
  await page.evaluate(() => window.scrollTo(0, 0));
  await picture(page, "09-reconnecting");
  await context.setOffline(false);
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeHidden(slow);

  const second = await context.newPage();
  await second.setViewportSize({ width: 1280, height: 720 });
  await second.goto("/desk");
  await second.getByRole("button", { name: "Take over here" }).click(slow);
  await expect(page.getByText("The desk was taken over by another tab")).toBeVisible(slow);
  await picture(page, "10-taken-over-elsewhere");
  await page.close();
  await expect(second.getByText("Softphone connected")).toBeVisible(slow);
  await second.keyboard.press("Alt+Shift+H");
  await expect(state(second)).toHaveText("Wrap-up", slow);
  await picture(second, "11-wrap-up");
  await finish(second);
  await expect(state(second)).toHaveText("Break", slow);
  await picture(second, "12-break");
  await context.request.put("/api/v1/agent/state", { data: { state: "Offline" } });
});

test("the desk in each state: a preview account, and a plan", async ({ page, context }) => {
  test.setTimeout(300_000);
  await previewCampaign();
  await signIn(page, ...userOf("DIALER_AGENT"));
  await beAvailable(page);
  await page.reload();
  await page.getByRole("button", { name: "Next account" }).click(slow);
  await expect(page.getByRole("button", { name: "Put back" })).toBeVisible(slow);
  await picture(page, "20-preview");
  await page.getByRole("textbox", { name: "Why not now" }).fill("Pictured");
  await page.getByRole("button", { name: "Put back" }).click();

  await personCalls(page, 3);
  await expect(page.getByText("Talking")).toBeVisible({ timeout: 90_000 });
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  const plan = page.getByRole("region", { name: "Payment plan" });
  await plan.getByRole("button", { name: "Agree a plan" }).click(slow);
  await plan.getByRole("button", { name: "They agree" }).focus();
  await picture(page, "21-a-plan");
  await page.keyboard.press("Alt+Shift+H");
  await finish(page);
  await context.request.put("/api/v1/agent/state", { data: { state: "Offline" } });
});

test("the desk in each state: hold, a question and its answer, a card, Spanish", async ({ page, context, browser }) => {
  test.setTimeout(400_000);
  await signIn(page, ...userOf("DIALER_AGENT"));
  await beAvailable(page);
  for (const discard of await page.getByRole("button", { name: "Discard" }).all()) await discard.click();
  await personCalls(page, 2);
  await expect(page.getByText("Talking")).toBeVisible({ timeout: 90_000 });
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  await expect(page.getByText("Past due")).toBeVisible();
  await page.keyboard.press("Alt+Shift+L");
  await expect(page.getByRole("button", { name: "Take off hold" })).toBeVisible(slow);
  await picture(page, "13-on-hold");
  await page.getByRole("button", { name: "Take off hold" }).click();
  await expect(page.getByRole("button", { name: "Hold", exact: true })).toBeEnabled(slow);

  const offers = page.getByRole("region", { name: "Settlement" });
  await offers.getByRole("button", { name: "Make an offer" }).click();
  await offers.getByRole("textbox", { name: "Amount that ends the debt" }).fill("250");
  await offers.getByRole("textbox", { name: "Why it is right" }).fill("Lost the job in May, has the money today");
  await picture(page, "14-beyond-authority");
  await offers.getByRole("button", { name: "Ask for approval" }).click();
  await expect(offers.getByText(/Waiting for an answer/)).toBeVisible();
  await offers.scrollIntoViewIfNeeded();
  await picture(page, "15-asked");
  const supervisor = await (await browser.newContext({ baseURL: process.env.DIALER_URL, viewport: { width: 1400, height: 900 } })).newPage();
  await signIn(supervisor, ...userOf("DIALER_SUPERVISOR"));
  await approvals(supervisor);
  await answerQuestion();
  await expect(offers.getByText(/instead of/)).toBeVisible(slow);
  await offers.scrollIntoViewIfNeeded();
  await picture(page, "16-answered");

  await page.getByRole("button", { name: "Take a card" }).click();
  await page.getByRole("button", { name: "They agree" }).click();
  const payment = page.getByRole("region", { name: "Card payment" });
  await payment.getByRole("button", { name: "Ask for: card number" }).click(slow);
  await expect(payment).toContainText(/x-?\d{4}/, slow);
  await picture(page, "17-a-card");
  await page.getByRole("button", { name: "ES, cambiar a español" }).click();
  await page.evaluate(() => window.scrollTo(0, 0));
  await picture(page, "18-in-spanish");
  await page.getByRole("button", { name: "EN, switch to English" }).click();
  await payment.getByRole("button", { name: "Cancel" }).click();

  const name = (await page.locator(".userbutton").textContent()) ?? "";
  await supervisor.getByRole("toolbar", { name: "Show agents by state" }).getByRole("button", { name: /On call/ }).click();
  await supervisor.getByRole("button", { name: `Listen: ${name}` }).click(slow);
  await expect(page.getByText("A supervisor listens")).toBeVisible(slow);
  await page.evaluate(() => window.scrollTo(0, 0));
  await picture(page, "19-a-supervisor-listens");
  await supervisor.locator(".notice", { hasText: `With ${name}` }).getByRole("button", { name: "Leave" }).click();
  await supervisor.context().close();
  await page.keyboard.press("Alt+Shift+H");
  await finish(page);

  await context.request.put("/api/v1/agent/state", { data: { state: "Offline" } });
});

/** What a supervisor sees of the question, on the floor and in its dialogue, in both themes. */
async function approvals(page: Page): Promise<void> {
  const pages = fileURLToPath(new URL("../../../src/docs/images/pages/", import.meta.url));
  const panel = page.getByRole("region", { name: "Offers to decide" });
  await panel.getByRole("button", { name: /^Answer: / }).first().click(slow);
  await expect(page.getByRole("dialog")).toHaveCSS("opacity", "1");
  for (const scheme of ["dark", "light"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
    await page.screenshot({ path: `${pages}approvals-${scheme}.png` });
  }
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
}

/** A preview campaign of the first client, and a catalogue of plans for every client: the demonstration has neither. */
async function previewCampaign(): Promise<void> {
  const base = process.env.DIALER_URL ?? "";
  const [, password] = userOf("DIALER_SUPERVISOR");
  const login = await fetch(`${base}/api/v1/access/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ userName: "admin", password }),
  });
  const headers = { Authorization: `Bearer ${(await login.json()).token}`, "Content-Type": "application/json" };
  const post = async (path: string, body: object) => fetch(`${base}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const clients = await (await fetch(`${base}/api/v1/clients`, { headers })).json();
  for (const { code } of clients)
    await post(`/api/v1/clients/${code}/plan-offers`, { installments: 4, everyDays: 14, leastBalance: 50, mostBalance: 20_000 });
  const all = await (await fetch(`${base}/api/v1/campaigns`, { headers })).json();
  const name = "Larger balances, looked at first";
  if (all.some((each: { name: string }) => each.name === name)) return;
  const made = await post("/api/v1/campaigns", { name, client: clients[0].code, mode: "Preview", from: all[0].fromE164 });
  expect(made.status).toBe(201);
  const { id } = await made.json();
  expect((await post(`/api/v1/campaigns/${id}/launch`, {})).ok).toBe(true);
}

/** A supervisor offers a little less than the agent asked for. */
async function answerQuestion(): Promise<void> {
  const headers = { ...(await supervisorHeaders()), "Content-Type": "application/json" };
  const base = process.env.DIALER_URL ?? "";
  const [asked] = (await (await fetch(`${base}/api/v1/offer-requests`, { headers })).json()).items;
  const amount = Math.ceil(asked.balance * 65) / 100;
  const answer = await fetch(`${base}/api/v1/offer-requests/${asked.id}/answer`, {
    method: "POST",
    headers,
    body: JSON.stringify({ approve: true, amount, words: "This is as low as it goes. Until Friday." }),
  });
  expect(answer.status).toBe(204);
}

/** The first of the sample whom the rules let us call now. */
async function dialSomebody(page: Page): Promise<void> {
  for (const name of ["jo", "wi", "br", "da", "mi", "sm", "ta"]) {
    const found = await (await page.request.get(`/api/v1/accounts?q=${name}&limit=20`)).json();
    for (const { accountId } of found.items)
      if ((await page.request.post("/api/v1/agent/dial", { data: { accountId } })).ok()) return;
  }
}

/** Whatever became of the call: its outcome, with two keys. */
async function finish(page: Page): Promise<void> {
  await expect(async () => {
    if (["Reserved", "On call"].includes((await state(page).textContent()) ?? "")) await page.keyboard.press("Alt+Shift+H");
    if ((await state(page).textContent()) === "Wrap-up") {
      await page.getByRole("button", { name: "Refuses to pay" }).click();
      await page.keyboard.press("Control+Enter");
    }
    expect(["Available", "Break"]).toContain(await state(page).textContent());
  }).toPass({ timeout: 90_000 });
}
