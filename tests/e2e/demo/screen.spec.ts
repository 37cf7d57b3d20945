import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../screens";
import { attemptOf, beAvailable, campaigns, personCalls, screenOf } from "./caller";
import { userOf } from "./host";

/**
 * When the account was on the screen, beside when the person was heard. `SCREEN_CALLS` says how many calls each way (5):
 * `SCREEN_CALLS=60 npx playwright test --project=demo -g "screen before voice"`. Both moments are the service's own: the
 * drawing counts when the desk's word of it arrives, the voice when the carrier says that the person joined.
 */
const calls = Number(process.env.SCREEN_CALLS ?? 5);
const state = (page: Page) => page.locator(".desk-state .state");

test.beforeEach(async ({ page }) => {
  test.setTimeout(60_000 + calls * 60_000);
  await campaigns("pause");
  await signIn(page, ...userOf("DIALER_AGENT"));
  await beAvailable(page);
});

test.afterEach(async ({ context }) => {
  await context.request.put(`${process.env.DIALER_URL}/api/v1/agent/state`, { data: { state: "Offline" } });
  await campaigns("launch");
});

test("screen before voice: people who call in and ask for somebody", async ({ page }) => {
  await expectScreenFirst(await handle(page, (call) => personCalls(page, 9 + (call % 3))));
});

test("screen before voice: people whom a campaign calls", async ({ page }) => {
  await campaigns("launch");
  await expectScreenFirst(await handle(page, async () => undefined));
});

/** Takes one call after the other, ends each and writes it up; the attempts. */
async function handle(page: Page, bring: (call: number) => Promise<void>): Promise<number[]> {
  const attempts: number[] = [];
  while (attempts.length < calls) {
    await bring(attempts.length);
    await expect(page.getByText("Talking")).toBeVisible({ timeout: 120_000 });
    const attempt = await attemptOf(page);
    if (attempt > 0) attempts.push(attempt);
    await beAvailable(page);
  }
  return attempts;
}

async function expectScreenFirst(attempts: number[]): Promise<void> {
  const late: number[] = [];
  for (const attempt of attempts) {
    const { shownAt, bridgedAt } = await screenOf(attempt);
    late.push(Date.parse(shownAt) - Date.parse(bridgedAt));
  }
  late.sort((a, b) => a - b);
  const at = (share: number) => late[Math.max(0, Math.ceil(share * late.length) - 1)] ?? Number.NaN;
  const figures = `screen minus voice over ${late.length} calls, ms of the service's clock: p50 ${at(0.5)}, p95 ${at(0.95)}, worst ${at(1)}; screen first in ${late.filter((each) => each < 0).length}`;
  test.info().annotations.push({ type: "screen before voice", description: figures });
  console.log(figures);
  expect(at(0.95)).toBeLessThan(0);
}
