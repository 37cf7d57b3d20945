import { expect, type Locator, type Page } from "@playwright/test";

/** Presses a control as somebody without a mouse does: Tab can reach it, it takes the focus and keeps it, and a key does the rest. */
export async function press(control: Locator, key = "Enter"): Promise<void> {
  await control.focus();
  await expect(control).toBeFocused();
  expect(await control.evaluate((element) => (element as HTMLElement).tabIndex), `Tab reaches ${control}`).toBeGreaterThanOrEqual(0);
  await page(control).keyboard.press(key);
}

/** Opens a list of choices and goes down to one by the arrow key. */
export async function choose(scope: Page, label: string, option: string | RegExp): Promise<void> {
  const box = scope.getByRole("combobox", { name: label });
  await press(box, "ArrowDown");
  const wanted = scope.getByRole("option", { name: option }).first();
  await wanted.waitFor();
  for (let steps = 0; (await wanted.getAttribute("data-combobox-selected")) !== "true"; steps++) {
    expect(steps, `${option} is within reach of the arrow keys`).toBeLessThan(60);
    await scope.keyboard.press("ArrowDown");
  }
  await scope.keyboard.press("Enter");
}

/** Replaces what a field holds. */
export async function write(field: Locator, text: string): Promise<void> {
  await field.focus();
  await page(field).keyboard.press("ControlOrMeta+a");
  await page(field).keyboard.type(text);
}

/** Chooses in a plain `<select>` by the letters of the option. */
export async function spell(select: Locator, option: string): Promise<void> {
  await select.focus();
  await page(select).keyboard.type(option);
  await expect(select.locator("option:checked")).toHaveText(option);
}

/** The link of the navigation that leads to a page, by keyboard; the page's heading says that it has come. */
export async function goTo(scope: Page, name: string): Promise<void> {
  await press(scope.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }));
  await expect(scope.getByRole("heading", { level: 1 })).toBeAttached();
}

const page = (of: Locator) => of.page();
