import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { beAvailable } from "../demo/caller";
import { userOf } from "../demo/host";
import { expect, expectAccessible, logIn, signIn, test, useScheme } from "../screens";

/**
 * Pages of the console in both themes, each looked at by axe first: `DIALER_URL=… DIALER_SUPERVISOR=name:password npx playwright test
 * --project=pictures pages`. The address may be a running Host or the mock floor (`node src/web/dev/server.mjs`). Pages of other people are
 * taken from a demonstration that has dialled for a while: its users share one password.
 */
const folder = fileURLToPath(new URL("../../../src/docs/images/pages/", import.meta.url));
mkdirSync(folder, { recursive: true });

interface Pictured {
  name: string;
  path: string;
  /** Who looks, by name; the supervisor otherwise. Only a demonstration has them. */
  as?: string;
  ready?: (page: Page) => Promise<void>;
  whole?: boolean;
}

const campaign = process.env.DIALER_CAMPAIGN ?? "1";
/** The beginning of a name that is found: "ok" on the mock floor. */
const search = process.env.DIALER_SEARCH ?? "sm";
const slow = { timeout: 60_000 };

const pages: Pictured[] = [
  { name: "floor", path: "/", ready: (page) => expect(page.locator(".connection[data-kind=live]")).toBeVisible() },
  { name: "wallboard", path: "/wallboard", ready: (page) => expect(page.locator(".hero")).toHaveCount(6) },
  { name: "steering", path: "/steering", whole: true },
  { name: "teams", path: "/teams", ready: (page) => expect(page.getByRole("table", { name: "Agents and skills" })).toBeVisible() },
  { name: "campaigns", path: "/campaigns" },
  {
    name: "builder",
    path: "/campaigns/new",
    whole: true,
    ready: async (page) => {
      await page.getByRole("combobox", { name: "Client" }).click();
      await page.getByRole("option").first().click();
      await expect(page.locator(".list-count")).toBeVisible();
      await expect(page.locator(".outlook-days")).toBeVisible();
    },
  },
  { name: "design", path: "/campaigns/1/design", whole: true },
  { name: "numbers", path: "/numbers" },
  { name: "reports", path: "/reports", whole: true },
  { name: "payments", path: "/payments", whole: true },
  { name: "outside", path: "/outside" },
  { name: "imports", path: "/imports" },
  { name: "accounts", path: `/accounts?q=${search}` },
  {
    name: "account",
    path: `/accounts?q=${search}`,
    whole: true,
    ready: async (page) => {
      await page.getByRole("main").getByRole("table").getByRole("link").first().click(slow);
      await expect(page.getByRole("link", { name: "Why (not) this account?" })).toBeVisible(slow);
    },
  },
  { name: "ivr", path: "/ivr" },
  {
    name: "ivr-limits",
    path: "/ivr/limits",
    whole: true,
    ready: (page) => expect(page.getByRole("table", { name: "What held before" })).toBeVisible(),
  },
  {
    name: "pace",
    path: `/campaigns/${campaign}/pace`,
    as: "manager",
    whole: true,
    ready: (page) => expect(page.getByRole("textbox", { name: "Lines an agent, at most" })).toBeVisible(slow),
  },
  {
    name: "funnel",
    path: `/campaigns/${campaign}/funnel`,
    as: "compliance",
    whole: true,
    ready: async (page) => {
      await expect(page.getByText("Callable now")).toBeVisible(slow);
      await page.locator(".funnel li[data-kind=out] button").first().click();
      await expect(page.getByRole("link", { name: /^Why account/ }).first()).toBeVisible(slow);
    },
  },
  {
    name: "why",
    path: `/campaigns/${campaign}/funnel`,
    as: "compliance",
    whole: true,
    ready: async (page) => {
      await page.locator(".funnel li[data-kind=out] button").first().click(slow);
      await page.getByRole("link", { name: /^Why account/ }).first().click(slow);
      await expect(page.getByText("Decisions of the last 31 days")).toBeVisible(slow);
    },
  },
  { name: "policy", path: "/policy", as: "compliance" },
  {
    name: "recordings",
    path: "/recordings",
    ready: (page) => expect(page.getByRole("heading", { level: 1 })).toBeVisible(slow),
  },
  {
    // The call that the mock floor has recorded: the agents of a demonstration record nothing by themselves.
    name: "call",
    path: `/calls/${process.env.DIALER_CALL ?? "901"}`,
    whole: true,
    ready: (page) => expect(page.getByRole("heading", { level: 1, name: /^Call \d+/ })).toBeVisible(slow),
  },
  { name: "messages", path: "/messages", ready: (page) => expect(page.getByRole("table").first()).toBeVisible(slow) },
  { name: "notices", path: "/notices", as: "compliance", whole: true },
  {
    // Of the mock floor only: nobody in a demonstration must set a second factor up.
    name: "second-factor",
    path: "/",
    as: "newcomer",
    ready: async (page) => {
      await page.getByRole("button", { name: "Show the key" }).click();
      await expect(page.getByRole("img", { name: "The key as a QR code" })).toBeVisible();
    },
  },
  { name: "coaching", path: "/coaching", as: "desk" },
  {
    name: "desk",
    path: "/desk",
    as: (process.env.DIALER_AGENT ?? "desk").split(":")[0],
    // On a break, so that no call comes between the two pictures.
    ready: async (page) => {
      await page.getByRole("button", { name: "Start work" }).click();
      await page.getByRole("button", { name: "Break ▾" }).click(slow);
      await page.getByRole("menuitem", { name: "Lunch" }).click();
      await expect(page.getByRole("region", { name: "Waiting for you" })).toBeVisible(slow);
    },
  },
  { name: "outside-admin", path: "/outside", as: "admin", whole: true, ready: (page) => peopled(page) },
];

/** A receiver, a token and a schedule, so that every panel of the page has something to show. */
async function peopled(page: Page): Promise<void> {
  const send = (path: string, data: object) =>
    page.request.post(path, { data, headers: { "Idempotency-Key": crypto.randomUUID(), Origin: new URL(page.url()).origin } });
  await send("/api/v1/webhooks", { name: "ledger", url: "https://hooks.example.org/dialer", types: ["payment.*", "promise.*"] });
  await send("/api/v1/tokens", { name: "warehouse", scopes: ["events:read", "reports:read"], days: 90 });
  await page.reload();
  await expect(page.getByRole("cell", { name: "https://hooks.example.org/dialer" }).first()).toBeVisible(slow);
  await expect(page.getByText("Newest cursor:")).toBeVisible(slow);
}

for (const { name, path, as, ready, whole } of pages)
  test(`the page ${name}`, async ({ page }) => {
    test.setTimeout(180_000);
    const [supervisor, password] = userOf("DIALER_SUPERVISOR");
    await (name === "second-factor" ? logIn : signIn)(page, as ?? supervisor, password);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
    await ready?.(page);
    await expect(page.getByText("Loading", { exact: true })).toHaveCount(0);
    // Charts begin when the page is opened: give them something to show.
    if (name === "floor" || name === "wallboard")
      await page.waitForTimeout(Number(process.env.SETTLE_SECONDS ?? 30) * 1000);
    for (const scheme of ["dark", "light"] as const) {
      await useScheme(page, scheme);
      await expectAccessible(page);
      await page.screenshot({ path: `${folder}${name}-${scheme}.png`, fullPage: whole ?? false });
    }
  });

test("the page tasks", async ({ page }) => {
  test.setTimeout(180_000);
  await page.request.post("/mock/desk/reset", { data: { auto: false } }); // a running Host has no such address
  await signIn(page, ...userOf("DIALER_AGENT"));
  await beAvailable(page);
  const headers = { Origin: new URL(page.url()).origin };
  const { items } = await (await page.request.get("/api/v1/accounts?q=de&limit=2")).json();
  for (const [at, { accountId }] of items.entries()) {
    const { today } = await (await page.request.get(`/api/v1/accounts/${accountId}/tasks`)).json();
    const text = ["Ask for the hospital's bill", "Send the hardship form again, she moved"][at % 2];
    await page.request.post("/api/v1/tasks", { headers, data: { accountId, text, dueOn: today } });
  }
  await page.reload();
  await expect(page.getByRole("button", { name: /^Done: / }).first()).toBeVisible(slow);
  for (const scheme of ["dark", "light"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
    await page.screenshot({ path: `${folder}tasks-${scheme}.png` });
  }
  await page.request.put("/api/v1/agent/state", { headers, data: { state: "Offline" } });
});

test("the page login", async ({ page }) => {
  await page.goto(process.env.DIALER_URL ?? "/");
  await expect(page.getByRole("heading", { name: "Sign in to Dialer" })).toBeVisible();
  for (const scheme of ["dark", "light"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
    await page.screenshot({ path: `${folder}login-${scheme}.png` });
  }
});
