import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, expectAccessible, test } from "../screens";

/** The simulated network's own page, with people on the phone: `NETWORK_URL`, `ACCOUNT_SID` and `AUTH_TOKEN` say where it is. `PICTURE=1` also writes the README's picture. */
const { NETWORK_URL: network, ACCOUNT_SID: account, AUTH_TOKEN: token, PICTURE: picture } = process.env;
const ours = "+12125550100";
const mine = "+14155550142";
const documents: Record<string, string> = {
  "/menu":
    '<Response><Gather numDigits="1" action="/choice" timeout="20"><Say>Hello. This is Northfield Services about your account. To make a payment, press 1. To arrange a date, press 2. To talk to a person, press 0.</Say></Gather><Say>Goodbye.</Say></Response>',
  "/choice": '<Response><Say>Thank you. One moment, please. You will be connected.</Say><Pause length="60"/></Response>',
};
let product: Server;
let url = "";

async function post(path: string, fields: Record<string, string>): Promise<void> {
  const answer = await fetch(`${network}/2010-04-01/Accounts/${account}/${path}.json`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString("base64")}` },
    body: new URLSearchParams(fields),
  });
  expect(answer.status, path).toBeLessThan(300);
}

test.beforeAll(async () => {
  product = createServer((request, response) => {
    response.setHeader("content-type", "text/xml");
    response.end(documents[request.url ?? ""] ?? "<Response/>");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => product.once("listening", resolve));
  url = `http://127.0.0.1:${(product.address() as AddressInfo).port}/menu`;
});

test.afterAll(() => {
  product.closeAllConnections();
  product.close();
});

test.beforeEach(async ({ page }) => {
  for (let i = 0; i < 24; i++) await post("Calls", { To: `+1${["415", "312", "646"][i % 3]}55501${10 + i}`, From: ours, Url: url });
  await page.goto(network ?? "");
});

test("a person picks up a simulated phone, presses its keys and hangs up", async ({ page }) => {
  await expect(page.getByRole("table").locator("tbody tr").first()).toBeVisible();
  await expect(page.locator("#feed li").first()).toBeVisible();
  await page.getByLabel("Number that rings here").fill(mine);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").first()).toContainText("rings here");
  if (picture) await page.waitForTimeout(12_000); // let the others get to talk
  await post("Calls", { To: mine, From: ours, Url: url });
  await expect(page.locator("#phone-state")).toHaveText(`${ours} is calling you.`);
  await expect(page.getByRole("button", { name: "Answer" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#heard")).toContainText("press 1");
  await page.keyboard.press("1");
  await expect(page.locator("#heard")).toContainText("You press 1");
  await expect(page.locator("#heard")).toContainText("You will be connected");
  await page.getByLabel("Say something").fill("Good morning");
  await page.keyboard.press("Enter");
  await expect(page.locator("#feed")).toContainText(`${mine} says “Good morning”`);
  if (picture) {
    await page.setViewportSize({ width: 1500, height: 1000 });
    await page.screenshot({ path: fileURLToPath(new URL("../../../src/docs/images/network.png", import.meta.url)) });
  }

  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectAccessible(page);
  }

  await page.getByRole("button", { name: "Hang up" }).click();
  await expect(page.locator("#phone-state")).toContainText("The call is over");
});

test("a fault is injected and removed, and somebody calls in", async ({ page }) => {
  await page.getByLabel("Where").selectOption("post-calls");
  await page.getByLabel("What", { exact: true }).selectOption("status");
  await page.getByLabel("How often, 0 to 1").fill("1");
  await page.getByRole("button", { name: "Inject" }).click();
  await expect(page.locator("#faults li")).toContainText("POST Calls: status");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.locator("#faults li")).toHaveCount(0);
  await page.getByLabel("From", { exact: true }).fill("+14155550177");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await expect(page.locator("#inbound-state")).toHaveText("It rings.");
  await page.getByLabel("Shown as").selectOption("another number");
  await expect(page.getByLabel("The number that is shown")).toBeFocused();
  await page.keyboard.type("+16465550123");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await expect(page.locator("#inbound-state")).toHaveText("It rings, shown as +16465550123.");
  await page.getByLabel("Shown as").selectOption("withheld");
  await expect(page.getByLabel("The number that is shown")).toBeHidden();
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await expect(page.locator("#inbound-state")).toHaveText("It rings, shown as withheld.");
});
