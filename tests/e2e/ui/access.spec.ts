import { expect, expectAccessible, logIn, signIn, test, useScheme } from "../screens";

test("sign-in refuses a wrong password in words and lets the right one in", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("textbox", { name: "User name" }).fill("supervisor");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("The user name or the password is wrong");
  await signIn(page, "supervisor", "demo");
  await expect(page.getByRole("heading", { name: "Live floor" })).toBeAttached();
});

test("sign-out leads back to the sign-in page", async ({ page }) => {
  await signIn(page, "supervisor", "demo");
  await page.getByRole("button", { name: "Sam Porter" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Dialer" })).toBeVisible();
});

test("the sign-in page is accessible in both themes", async ({ page }) => {
  await page.goto("/");
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
});

test("a supervisor sets the second factor up by the picture or the key, and the page is accessible", async ({ page }) => {
  await logIn(page, "newcomer", "demo");
  await page.goto("/");
  await page.getByRole("button", { name: "Show the key" }).press("Enter");
  await expect(page.getByRole("img", { name: "The key as a QR code" })).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  await page.getByRole("textbox", { name: "Code of your authenticator" }).fill("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This is not the code of this moment.")).toBeVisible();
  await page.getByRole("textbox", { name: "Code of your authenticator" }).fill("287082");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Done. Sign in again with your code.")).toBeVisible();
});

test("who comes back from an identity provider in vain reads why, and how else to sign in", async ({ page }) => {
  await page.goto("/?signin=second-factor");
  await expect(page.getByText("Your role needs a second factor")).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign in with Northfield account" })).toHaveAttribute("href", "/api/v1/access/openid/start");
  await expectAccessible(page);
});

test("the screens speak Spanish too, and remember it", async ({ page }) => {
  await signIn(page, "supervisor", "demo");
  await page.getByRole("button", { name: "ES, cambiar a español" }).click();
  await expect(page.getByText("Agentes conectados")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Agentes conectados")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
});
