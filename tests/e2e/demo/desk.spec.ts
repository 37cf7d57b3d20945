import type { Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../screens";
import { attemptOf, beAvailable, campaigns, dispositionOf, personCalls } from "./caller";
import { serviceProcess, userOf } from "./host";

const state = (page: Page) => page.locator(".desk-state .state");
const slow = { timeout: 30_000 };

test.beforeAll(() => campaigns("pause"));
test.afterAll(() => campaigns("launch"));

test.beforeEach(async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page, ...userOf("DIALER_AGENT"));
  await beAvailable(page);
});

test.afterEach(async ({ context }) => {
  await context.request.put(`${process.env.DIALER_URL}/api/v1/agent/state`, { data: { state: "Offline" } });
});

async function wrapUp(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Refuses to pay" }).click();
  await page.keyboard.press("Control+Enter");
}

async function answer(page: Page, which: number): Promise<void> {
  await personCalls(page, which);
  await expect(page.getByText("Talking")).toBeVisible({ timeout: 90_000 });
}

const verify = (page: Page) => page.getByRole("checkbox", { name: "Right party confirmed" });

test("a call by keyboard: verify, reload in the middle, promise, hang up, wrap up with two keys", async ({ page }) => {
  await answer(page, 0);
  await expect(page.getByText("Verify the person first")).toBeVisible();
  await verify(page).focus();
  await page.keyboard.press("Space");
  await expect(page.getByText("Past due")).toBeVisible(slow);
  await page.getByRole("textbox", { name: "Note" }).fill("Tried from the browser");
  const name = (await page.locator(".person-name").textContent()) ?? "";
  const before = Date.now();
  await page.reload();
  await expect(page.locator(".person-name")).toHaveText(name, slow);
  test.info().annotations.push({ type: "reattached after", description: `${Date.now() - before} ms` });
  await expect(page.getByText("Softphone connected")).toBeVisible(slow);
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("Tried from the browser");
  await expect(state(page)).toHaveText("On call");
  await expectAccessible(page);
  await page.keyboard.press("1");
  await expect(page.getByRole("button", { name: "Promise to pay" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up", slow);
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).toHaveText("Available", slow);
});

test("break after this call holds through the call and its wrap-up, which is made longer once", async ({ page }) => {
  await answer(page, 1);
  await page.getByRole("button", { name: /Break after this call/ }).click();
  await page.getByRole("menuitem", { name: "Lunch" }).click();
  await expect(page.getByText("Next: Break")).toBeVisible(slow);
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up", slow);
  await page.getByRole("button", { name: "30 s more" }).click();
  await expect(page.getByRole("button", { name: "30 s more" })).toBeHidden(slow);
  await wrapUp(page);
  await expect(state(page)).toHaveText("Break", slow);
});

test("hold, and a card by its fields, on the line", async ({ page }) => {
  await answer(page, 2);
  await page.keyboard.press("Alt+Shift+L");
  await expect(page.getByRole("button", { name: "Take off hold" })).toBeVisible(slow);
  await page.getByRole("button", { name: "Take off hold" }).click();
  await expect(page.getByRole("button", { name: "Hold", exact: true })).toBeEnabled(slow);
  await verify(page).check();
  await page.getByRole("button", { name: "Take a card" }).click();
  await page.getByRole("button", { name: "They agree" }).click();
  const payment = page.getByRole("region", { name: "Card payment" });
  for (const field of ["card number", "expiry date", "security code", "ZIP code"]) {
    await payment.getByRole("button", { name: `Ask for: ${field}` }).click(slow);
    await expect(payment.getByRole("button", { name: `Ask for: ${field}` })).toBeHidden({ timeout: 60_000 });
  }
  await expect(payment).toContainText(/x-?\d{4}/);
  await payment.getByRole("button", { name: "Charge the card" }).click();
  await expect(payment).toContainText(/Paid|Declined/, slow);
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up", slow);
  await wrapUp(page);
});

test("the tab is closed in mid-call, another takes the desk up, and nothing is lost", async ({ page, context }) => {
  await answer(page, 3);
  await page.getByRole("textbox", { name: "Note" }).fill("half a sentence");
  const name = (await page.locator(".person-name").textContent()) ?? "";
  await page.close();
  const second = await context.newPage();
  await second.goto("/desk");
  await second.getByRole("button", { name: "Start work" }).click(slow);
  await expect(second.locator(".person-name")).toHaveText(name, slow);
  await expect(second.getByRole("textbox", { name: "Note" })).toHaveValue("half a sentence");
  await expect(second.getByText("Softphone connected")).toBeVisible(slow);
  await second.keyboard.press("Alt+Shift+H");
  await expect(state(second)).toHaveText("Wrap-up", slow);
});

test("the network is cut for 20 seconds in mid-call, and the call, the note and the line outlive it", async ({ page, context }) => {
  await answer(page, 5);
  const name = (await page.locator(".person-name").textContent()) ?? "";
  await page.getByRole("textbox", { name: "Note" }).fill("before the cut");
  await context.setOffline(true);
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeVisible(slow);
  await page.getByRole("textbox", { name: "Note" }).fill("before the cut and during it");
  await page.waitForTimeout(20_000); // the length of the cut is what is tried
  await expect(page.locator(".person-name")).toHaveText(name);
  await context.setOffline(false);
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeHidden(slow);
  await expect(state(page)).toHaveText("On call", slow);
  await expect(page.getByText("Softphone connected")).toBeVisible(slow);
  await expect(page.getByText("Talking")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("before the cut and during it");
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up", slow);
  await wrapUp(page);
  await expect(state(page)).toHaveText("Available", slow);
});

test("the service's process is killed in mid-call, and the call, the note, the line and the outcome outlive it", async ({ page }) => {
  const before = serviceProcess();
  await answer(page, 8);
  const name = (await page.locator(".person-name").textContent()) ?? "";
  const attempt = await attemptOf(page);
  await verify(page).check();
  await page.getByRole("textbox", { name: "Note" }).fill("before the crash");
  process.kill(before, "SIGKILL");
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeVisible(slow);
  await page.getByRole("textbox", { name: "Note" }).fill("before the crash and after it");
  await expect(page.locator(".person-name")).toHaveText(name);
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeHidden({ timeout: 90_000 });
  expect(serviceProcess()).not.toBe(before);
  await expect(state(page)).toHaveText("On call", slow);
  await expect(page.getByText("Softphone connected")).toBeVisible(slow);
  await expect(page.getByText("Talking")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("before the crash and after it");
  expect(await attemptOf(page)).toBe(attempt);
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up", slow);
  await wrapUp(page);
  await expect(state(page)).toHaveText("Available", slow);
  expect(await dispositionOf(attempt)).toMatchObject({ outcome: "RPC-RTP" });
});

test("a second tab takes the desk over in mid-call, and the first says so", async ({ page, context }) => {
  await answer(page, 6);
  const name = (await page.locator(".person-name").textContent()) ?? "";
  const second = await context.newPage();
  await second.goto("/desk");
  await expect(second.getByText("The desk is open in another tab")).toBeVisible(slow);
  await second.getByRole("button", { name: "Take over here" }).click();
  await expect(page.getByText("The desk was taken over by another tab")).toBeVisible(slow);
  await expect(second.locator(".person-name")).toHaveText(name, slow);
  await expect(second.getByText("Softphone connected")).toBeVisible(slow);
  await expect(state(second)).toHaveText("On call", slow);
  await second.keyboard.press("Alt+Shift+H");
  await expect(state(second)).toHaveText("Wrap-up", slow);
  await wrapUp(second);
});
