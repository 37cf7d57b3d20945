import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { userOf } from "../demo/host";
import { expect, expectAccessible, signIn, test, useScheme } from "../screens";

/**
 * Pages of the console in both themes, each looked at by axe first: `DIALER_URL=… DIALER_SUPERVISOR=name:password npx playwright test
 * --project=pictures pages`. The address may be a running Host or the mock floor (`node src/web/dev/server.mjs`).
 */
const folder = fileURLToPath(new URL("../../../src/docs/images/pages/", import.meta.url));
mkdirSync(folder, { recursive: true });

const pages: { name: string; path: string; ready?: (page: Page) => Promise<void>; whole?: boolean }[] = [
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
  { name: "outside", path: "/outside" },
  { name: "imports", path: "/imports" },
  { name: "accounts", path: "/accounts?q=sm" },
  { name: "ivr", path: "/ivr" },
];

for (const { name, path, ready, whole } of pages)
  test(`the page ${name}`, async ({ page }) => {
    test.setTimeout(120_000);
    await signIn(page, ...userOf("DIALER_SUPERVISOR"));
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
