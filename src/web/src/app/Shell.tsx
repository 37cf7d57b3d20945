import { ActionIcon, Menu, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useRoute } from "wouter";
import { may, takesCalls, type User, useSignOut } from "../features/access/session";
import { useLive } from "../features/supervision/liveFeed";
import { MayTakeTables } from "../ui/TakeTable";
import { setLanguage } from "./i18n";
import "./shell.css";

export function Shell({ user, children }: { user: User; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <>
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      <header className="topbar">
        <span className="brand">Dialer</span>
        <nav aria-label={t("shell.nav")}>
          {may(user, "floor:read") && <NavLink to="/">{t("shell.floor")}</NavLink>}
          {takesCalls(user) && <NavLink to="/desk">{t("shell.desk")}</NavLink>}
          {may(user, "campaigns:read") && <NavLink to="/campaigns">{t("shell.campaigns")}</NavLink>}
          {may(user, "accounts:read") && <NavLink to="/accounts">{t("shell.accounts")}</NavLink>}
          {may(user, "policy:read") && <NavLink to="/policy">{t("shell.policy")}</NavLink>}
          {may(user, "records:examine") && <NavLink to="/notices">{t("shell.notices")}</NavLink>}
          {may(user, "imports:read") && <NavLink to="/imports">{t("shell.imports")}</NavLink>}
          {may(user, "recordings:listen") && <NavLink to="/recordings">{t("shell.recordings")}</NavLink>}
          {takesCalls(user) && !may(user, "quality:score") && <NavLink to="/coaching">{t("shell.coaching")}</NavLink>}
          {may(user, "calls:take") && !may(user, "recordings:listen") && (
            <NavLink to="/messages">{t("shell.messages")}</NavLink>
          )}
          {may(user, "flows:preview") && <NavLink to="/ivr">{t("shell.ivr")}</NavLink>}
          {may(user, "reports:read") && <NavLink to="/reports">{t("shell.reports")}</NavLink>}
          {may(user, "reports:read") && <NavLink to="/outside">{t("shell.outside")}</NavLink>}
        </nav>
        <div className="topbar-side">
          {may(user, "floor:read") && <SimulationTag />}
          <LanguageButton />
          <ThemeButton />
          <UserMenu user={user} />
        </div>
      </header>
      {takesCalls(user) && <AwayFromDesk />}
      <main id="main" className="page" tabIndex={-1}>
        <MayTakeTables value={may(user, "reports:read")}>{children}</MayTakeTables>
      </main>
    </>
  );
}

const DeskWatcher = lazy(() =>
  import("../features/agents/DeskWatcher").then((watcher) => ({ default: watcher.DeskWatcher })),
);

function AwayFromDesk() {
  const [path] = useLocation();
  if (path === "/desk") return null;
  return (
    <Suspense fallback={null}>
      <DeskWatcher />
    </Suspense>
  );
}

/** A simulation is named on every page, not only where its clock is shown. */
function SimulationTag() {
  const { t } = useTranslation();
  const { live } = useLive();
  if (!live?.clock.simulated) return null;
  return (
    <span className="simtag" title={t("floor.simulationText")}>
      {t("floor.simulation")}
    </span>
  );
}

function NavLink(props: { to: string; children: ReactNode }) {
  const [active] = useRoute(props.to);
  return (
    <Link to={props.to} aria-current={active ? "page" : undefined}>
      {props.children}
    </Link>
  );
}

export function ThemeButton() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const next = scheme === "dark" ? "light" : "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={t(`shell.theme.${next}`)}
      onClick={() => setColorScheme(next)}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}

export function LanguageButton() {
  const { i18n } = useTranslation();
  const next = i18n.language === "en" ? "es" : "en";
  return (
    <UnstyledButton
      className="langbutton"
      lang={next}
      aria-label={next === "es" ? "ES, cambiar a español" : "EN, switch to English"}
      onClick={() => setLanguage(next)}
    >
      {next.toUpperCase()}
    </UnstyledButton>
  );
}

function UserMenu({ user }: { user: User }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton className="userbutton">{user.displayName}</UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.userName} · {user.roles.join(", ")}
        </Menu.Label>
        <Menu.Item onClick={() => signOut.mutate()}>{t("shell.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
