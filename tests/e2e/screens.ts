import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test as base, expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every page of every test must load without script errors and without breaking the content security policy. */
export const test = base.extend<{ clean: undefined }>({
  clean: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(`script error: ${error.message}`));
      page.on("console", (message) => {
        if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
      });
      await use(undefined);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

export async function signIn(page: Page, userName: string, password: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("textbox", { name: "User name" }).fill(userName);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
}

/** A session without the form, which tests of their own look at. */
export async function logIn(page: Page, userName: string, password: string): Promise<void> {
  expect((await page.request.post("/api/v1/access/login", { data: { userName, password } })).ok()).toBe(true);
}

/** Signed in by {@link logIn}: one page less to load in most tests. */
export async function enter(page: Page, userName: string, password: string, path = "/"): Promise<void> {
  await logIn(page, userName, password);
  await page.goto(path);
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
}

/**
 * WCAG 2.2 A and AA by axe-core; fails with each violation, its rule and where it is. Colours on their way from one
 * scheme to the other are nobody's text, so it waits until what moves has come to rest.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((moving) => moving.playState !== "running" || moving.effect?.getComputedTiming().endTime === Infinity),
  );
  await page.evaluate(axeSource);
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  const found = results.violations.map(
    (violation) =>
      `${violation.id}: ${violation.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`,
  );
  expect(found).toEqual([]);
}

export async function useScheme(page: Page, scheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
}
