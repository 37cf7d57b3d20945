import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.css";
import "./app/theme.css";
import "./ui/ui.css";
import "./app/i18n";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
