import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { choose } from "../day/hands";
import { enter, expect, expectAccessible, test, useScheme } from "../screens";

/** `PICTURES=1` writes the picture of the desk's numbers, consents and times. */
const pictures = fileURLToPath(new URL("../../../src/docs/images/", import.meta.url));

const state = (page: Page) => page.locator(".desk-state .state");

test.beforeEach(async ({ page, request }) => {
  await request.post("/mock/desk/reset", { data: { auto: false } });
  await enter(page, "agent", "demo");
  await page.getByRole("button", { name: "Start work" }).click();
  await expect(state(page)).toHaveText("Available");
});

test("a call by keyboard alone: verify, promise, hang up, note, save with two keys", async ({ page, request }) => {
  await expect(page.getByRole("heading", { name: "Waiting for a call" })).toBeVisible();
  const focused = await page.evaluate(() => document.activeElement?.tagName);
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Verify the person first")).toBeVisible();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe(focused);
  await expect(page.getByRole("alert")).toContainText("Northwind cards Q3");

  await page.keyboard.press("Alt+Shift+S");
  await expect(page.getByRole("checkbox", { name: "Recording notice given" })).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("Alt+Shift+S");
  await expect(page.getByRole("checkbox", { name: "Right party confirmed" })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.getByText("Past due")).toBeVisible();
  await page.keyboard.press("1");
  await expect(page.getByRole("button", { name: "Promise to pay" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up");
  await page.keyboard.press("Alt+Shift+N");
  await page.keyboard.type("Pays on Friday");
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).toHaveText("Available");

  const [saved] = await (await request.get("/mock/desk/saved")).json();
  expect(saved).toMatchObject({ code: "RPC-PTP", promise: { method: "Any" } });
  expect(saved.note).toContain("Pays on Friday");
  expect(saved.note).toContain("RightParty 2");
  expect(saved.promise.amount).toBeGreaterThan(0);
});

test("digits typed into a note choose no outcome, and single keys can be switched off", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await page.getByRole("textbox", { name: "Note" }).fill("");
  await page.getByRole("textbox", { name: "Note" }).pressSequentially("call 2 3");
  await expect(page.locator(".outcome[aria-pressed=true]")).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Keys 1–9 choose outcomes" }).uncheck();
  await page.getByRole("heading", { name: "Who is on the line" }).click();
  await page.keyboard.press("2");
  await expect(page.locator(".outcome[aria-pressed=true]")).toHaveCount(0);
});

test("a reload in mid-call comes back to the same call, the note and the same leg", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("textbox", { name: "Note" }).fill("half a sentence");
  const started = Date.now();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("half a sentence");
  test.info().annotations.push({ type: "reattached after", description: `${Date.now() - started} ms` });
  await expect(page.getByText("Softphone connected")).toBeVisible();
  await expect(state(page)).toHaveText("On call");
});

test("break after this call is kept through call and wrap-up", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("button", { name: /Break after this call/ }).click();
  await page.getByRole("menuitem", { name: "Lunch" }).click();
  await expect(page.getByText("Next: Break")).toBeVisible();
  await page.getByRole("button", { name: "Hang up" }).click();
  await page.getByRole("button", { name: "Hung up" }).click();
  await page.getByRole("button", { name: "Save and finish" }).click();
  await expect(state(page)).toHaveText("Break");
});

test("without an outcome nothing is saved and the reason is said", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("button", { name: "Hang up" }).click();
  await page.getByRole("button", { name: "Save and finish" }).click();
  await expect(page.getByText("Choose an outcome first.")).toBeVisible();
  expect(await (await request.get("/mock/desk/saved")).json()).toEqual([]);
});

test("a second tab follows, and takes over when asked", async ({ page, context }) => {
  const second = await context.newPage();
  await second.goto("/desk");
  await expect(second.getByText("The desk is open in another tab")).toBeVisible();
  await second.getByRole("button", { name: "Take over here" }).click();
  await expect(page.getByText("The desk was taken over by another tab")).toBeVisible();
  await expect(state(second)).toHaveText("Available");
});

test("the network cut and back: the desk says so and is right again", async ({ page, context, request }) => {
  await context.setOffline(true);
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeVisible();
  await context.setOffline(false);
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/Reconnecting to the server|Server lost/)).toBeHidden();
});

test("hold, recording and a masked card, as the carrier reports them", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.keyboard.press("Alt+Shift+L");
  await expect(page.getByRole("button", { name: "Take off hold" })).toBeVisible();
  await page.getByRole("button", { name: "Take off hold" }).click();
  await page.getByRole("checkbox", { name: "Recording notice given" }).check();
  await expect(page.getByText("Recording", { exact: true })).toBeVisible();

  await page.keyboard.press("Alt+Shift+P");
  await page.getByRole("button", { name: "They agree" }).click();
  const payment = page.getByRole("region", { name: "Card payment" });
  for (const field of ["card number", "expiry date", "security code", "ZIP code"])
    await payment.getByRole("button", { name: `Ask for: ${field}` }).click();
  await expect(payment).toContainText("xxxxxxxxxxxx4242");
  await expectAccessible(page);
  await payment.getByRole("button", { name: "Charge the card" }).click();
  await expect(payment).toContainText("Paid");
  await expect(page.getByRole("button", { name: "Paid suggested" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up");
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).toHaveText("Available");
  expect((await (await request.get("/mock/desk/saved")).json())[0]).toMatchObject({ code: "RPC-PAID" });
});

test("who objects to the recording is recorded no more, whatever is ticked then", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  const notice = page.getByRole("checkbox", { name: "Recording notice given" });
  await notice.check();
  await expect(page.getByText("Recording", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Objects to recording" }).click();
  await expect(page.getByText("They objected: not recorded")).toBeVisible();
  await expect(page.getByRole("button", { name: "Objects to recording" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Pause recording" })).toBeDisabled();
  await notice.uncheck();
  await notice.check();
  await expect(page.getByText("They objected: not recorded")).toBeVisible();
  await expectAccessible(page);
});

test("a colleague is asked, and all three talk, or the call is handed over", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.keyboard.press("Alt+Shift+X");
  await page.getByRole("menuitem", { name: "Level 3" }).first().press("Enter");
  await expect(page.getByText("You are talking with Ben Ortiz; the customer holds")).toBeVisible();
  await page.getByRole("button", { name: "All three" }).click();
  await expect(page.getByText("You, Ben Ortiz and the customer")).toBeVisible();
  await page.getByRole("button", { name: "Hand over to Ben Ortiz" }).click();
  await expect(state(page)).toHaveText("Wrap-up");
  await page.getByRole("button", { name: "30 s more" }).click();
  await expect(page.getByRole("button", { name: "30 s more" })).toBeHidden();
});

test("the palette does what it names, by keyboard alone, and offers only what is possible now", async ({
  page,
  request,
}) => {
  await page.keyboard.press("Control+K");
  await expect(page.getByRole("combobox", { name: "Commands" })).toBeFocused();
  await page.keyboard.type("lunch");
  await page.keyboard.press("Enter");
  await expect(state(page)).toHaveText("Break");
  await page.keyboard.press("Control+K");
  await expect(page.getByRole("combobox", { name: "Commands" })).toBeFocused();
  await expectAccessible(page);
  await expect(page.getByRole("option", { name: "Hang up" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("combobox", { name: "Commands" })).toBeHidden();

  await page.keyboard.press("Alt+Shift+A");
  await expect(state(page)).toHaveText("Available");
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.keyboard.press("Control+K");
  await expect(page.getByRole("option", { name: "Hang up Alt+Shift+H" })).toBeVisible();
  await page.keyboard.type("note");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Note" })).toBeFocused();
});

test("a shortcut is changed, used, and set back", async ({ page, request }) => {
  await page.getByRole("button", { name: "Hang up: Alt+Shift+H. Change" }).click();
  await page.keyboard.press("Control+Alt+E");
  await expect(page.getByRole("button", { name: "Hang up: Ctrl+Alt+E. Change" })).toBeVisible();
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.keyboard.press("Control+Alt+E");
  await expect(state(page)).toHaveText("Wrap-up");
});

test("what is on record: the stream, a number marked and one added, a letter seen and sent", async ({ page, request }) => {
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await expect(page.getByRole("tab", { name: "Timeline" })).toHaveCount(0); // nothing of it before the person is verified
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  await expect(page.getByRole("list", { name: "Timeline" }).getByRole("listitem")).toHaveCount(5);
  await expect(page.getByText("Says the heating broke")).toBeVisible();

  await page.getByRole("tab", { name: "Timeline" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Numbers and consent" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("combobox", { name: "State of •••0177" }).click();
  await page.getByRole("option", { name: "Wrong number" }).click();
  await expect(page.getByText("Written down")).toBeVisible();
  await page.getByRole("button", { name: "Revokes Texts •••0142" }).click();
  await expect(page.getByRole("row", { name: /0142/ }).getByText("revoked")).toBeVisible();
  await page.getByRole("textbox", { name: "New number" }).fill("(312) 555-0188");
  await page.getByRole("button", { name: "Add number" }).click();
  await expect(page.getByRole("rowheader", { name: /0188/ })).toBeVisible();

  const inconvenient = page.getByRole("list", { name: "Not to be called at" });
  await expect(inconvenient).toContainText("12:00–13:00 “at lunch”");
  await page.getByRole("checkbox", { name: "Sun" }).check();
  await page.getByRole("textbox", { name: "Their words" }).fill("never on Sundays");
  await page.getByRole("button", { name: "Add time" }).click();
  await expect(inconvenient).toContainText("Sun all day “never on Sundays”");
  await page.getByRole("button", { name: "12:00–13:00 suits again" }).click();
  await inconvenient.getByRole("textbox", { name: "Their words" }).fill("works from home now");
  await inconvenient.getByRole("button", { name: "Suits again", exact: true }).click();
  await expect(inconvenient).not.toContainText("12:00");
  await page.getByRole("checkbox", { name: "at work" }).check();
  await page.getByRole("button", { name: "Save places" }).click();
  await expect(page.getByRole("button", { name: "Save places" })).toBeDisabled();
  await expect(page.getByRole("checkbox", { name: "at work" })).toBeChecked();
  await expectAccessible(page);
  if (process.env.PICTURES) {
    await page.getByRole("button", { name: "Save places" }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${pictures}desk-contacts.png`, fullPage: true });
  }

  await page.getByRole("tab", { name: "Write" }).click();
  await expect(page.getByRole("article", { name: "Preview" })).toContainText("Balance today: $340.25");
  await page.getByText("E-mail", { exact: true }).click();
  await expect(page.getByText("Has not agreed to e-mail")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await page.getByText("Letter", { exact: true }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("On its way")).toBeVisible();
  await expectAccessible(page);
});

test("a task is done from the work list, and in a call one is given to the team, by keyboard alone", async ({
  page,
  request,
}) => {
  const answered = page.getByRole("button", { name: "Done: 420.00, 2026-07-20. Today only." });
  await answered.focus();
  await page.keyboard.press("Enter");
  await expect(answered).toHaveCount(0);
  await expect(page.getByText("Ask for the hospital's bill")).toBeVisible();
  await expectAccessible(page);

  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  await page.getByRole("tab", { name: "Timeline" }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("tab", { name: "Tasks" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("textbox", { name: "What is to be done" }).focus();
  await page.keyboard.type("Send the form again");
  await choose(page, "Whose", "Team north");
  await page.getByRole("button", { name: "Add task" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Done: Send the form again" })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Change: Send the form again" }).press("Enter");
  const what = page.getByRole("textbox", { name: "What is to be done" }).last();
  await expect(what).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Save task" })).toHaveCount(0);
  await page.getByRole("button", { name: "Change: Send the form again" }).press("Enter");
  await what.fill("Send the long form");
  await page.keyboard.press("Enter");
  const taken = page.getByRole("button", { name: "Take back: Send the long form" });
  await expect(taken).toBeVisible();
  await taken.press("Enter");
  await page.getByRole("button", { name: "Really Take back: Send the long form?" }).press("Enter");
  await expect(page.getByText("Send the long form")).toHaveCount(0);
});

test("the desk is accessible in both themes, waiting and in a call", async ({ page, request }) => {
  await expectAccessible(page);
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  await page.getByRole("button", { name: "Promise to pay" }).click();
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
});

test("what has the focus is never under the dock, on the smallest screen the desk is for", async ({ page, request }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  const offers = page.getByRole("region", { name: "Settlement" });
  await offers.getByRole("button", { name: "Make an offer" }).click();
  await offers.getByRole("textbox", { name: "Amount that ends the debt" }).fill("100");
  await offers.getByRole("textbox", { name: "Why it is right" }).focus();
  await page.keyboard.type("Lost the job");
  const seen: string[] = [];
  for (let tabs = 0; tabs < 30; tabs += 1) {
    const at = await page.evaluate(() => {
      const focused = document.activeElement;
      const dock = document.querySelector(".dock");
      if (!focused || !dock || dock.contains(focused) || focused === document.body) return null;
      const [box, edge] = [focused.getBoundingClientRect(), dock.getBoundingClientRect()];
      return { name: focused.textContent || focused.tagName, hidden: box.bottom > edge.top + 1 && box.height < edge.top };
    });
    if (at === null) break; // the dock itself comes last
    expect(at.hidden, `${at.name} lies under the dock`).toBe(false);
    seen.push(at.name);
    await page.keyboard.press("Tab");
  }
  expect(seen.length).toBeGreaterThan(6);
});

test("a preview account is looked at and called by keyboard alone; the other is put back with its reason", async ({
  page,
  request,
}) => {
  await request.post("/mock/desk/preview");
  await page.reload();
  const preview = page.getByRole("region", { name: "Accounts to call by hand" });
  await preview.getByRole("button", { name: "Next account" }).press("Enter");
  await expect(preview.getByText("Maria Delgado")).toBeVisible();
  await expect(preview.getByRole("button", { name: "Call", exact: true })).toBeFocused();
  for (const scheme of ["dark", "light"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  await expect(preview.getByRole("button", { name: "Put back" })).toBeDisabled();
  await preview.getByRole("textbox", { name: "Why not now" }).fill("Works nights");
  await preview.getByRole("button", { name: "Put back" }).press("Enter");
  await preview.getByRole("button", { name: "Next account" }).press("Enter");
  await expect(preview.getByText("James Whitfield")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Talking")).toBeVisible();
});

test("a plan of the catalogue is agreed, the own day is in sight, and what they may say has its answer", async ({
  page,
  request,
}) => {
  const day = page.getByRole("region", { name: "Your day" });
  await expect(day).toContainText("34 of 60");
  await expect(day).toContainText("✓ 12 of 12");
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  const plan = page.getByRole("region", { name: "Payment plan" });
  await plan.getByRole("button", { name: "Agree a plan" }).press("Enter");
  await expect(plan.getByRole("radio", { name: /3 × \$/ })).toBeChecked();
  await expectAccessible(page);
  await plan.getByRole("button", { name: "They agree" }).press("Enter");
  await expect(plan).toContainText("Waits for the signed form");
  await expect(plan.getByRole("listitem")).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Payment plan" })).toHaveAttribute("aria-pressed", "true");
  await page.getByText("“Stop calling me”").press("Enter");
  await expect(page.getByText(/Both hold before the next call/)).toBeVisible();
  await page.getByRole("button", { name: "Call back" }).click();
  await page.getByLabel("Call back at").fill("2027-01-05T10:00");
  await page.getByRole("combobox", { name: "Whose" }).click();
  await page.getByRole("option", { name: "Anyone's" }).click();
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up");
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).toHaveText("Available");
  const [saved] = await (await request.get("/mock/desk/saved")).json();
  expect(saved).toMatchObject({ code: "RPC-CB", callbackFor: "Anyone" });
});

test("who looks an account up stays at the desk, calls it from there, and a call brings its screen by itself", async ({
  page,
  request,
  context,
}) => {
  await page.getByRole("link", { name: "Accounts" }).click();
  await expect(page.getByRole("complementary", { name: "Your state" })).toContainText("Available");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
  const second = await context.newPage();
  await second.goto("/desk");
  await expect(second.getByText("The desk is open in another tab")).toBeVisible();
  await second.close();
  await request.post("/mock/desk/ring");
  await expect(page.getByText("Talking")).toBeVisible();
  await page.keyboard.press("Alt+Shift+H");
  await page.getByRole("button", { name: "Hung up" }).click();
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).toHaveText("Available");
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("searchbox", { name: "Find an account" }).fill("okaf");
  await page.getByRole("link", { name: "Okafor, Denise" }).click();
  await page.getByRole("region", { name: "Call by hand" }).getByRole("button", { name: "Call" }).press("Enter");
  await expect(page.getByText("Talking")).toBeVisible();
  await expect(page).toHaveURL(/\/desk$/);
});
