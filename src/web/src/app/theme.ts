import { createTheme, Modal, Select, Tooltip } from "@mantine/core";

/** Defaults of Mantine's components; colours and sizes are in theme.css. */
export const theme = createTheme({
  primaryColor: "blue",
  defaultRadius: 6,
  respectReducedMotion: true,
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { color: "dark", transitionProps: { duration: 80 } } }),
    // Scroll lock injects a <style> element, which the content security policy forbids.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 100 } } }),
    Select: Select.extend({ defaultProps: { comboboxProps: { transitionProps: { duration: 80 } } } }),
  },
});
