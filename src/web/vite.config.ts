import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The API that `npm run dev` talks to: the mock floor unless DIALER_API names a running Host.
const api = process.env.DIALER_API ?? "http://127.0.0.1:5181";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../Dialer.Host/wwwroot",
    emptyOutDir: true,
    target: "es2023",
    // Nothing is inlined as data: URLs, so the page needs only 'self' for scripts, styles and fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { host: "127.0.0.1", port: 5180, proxy: { "/api": api } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
