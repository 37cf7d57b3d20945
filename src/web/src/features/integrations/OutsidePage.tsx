import { useTranslation } from "react-i18next";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, type User } from "../access/session";
import { Feed } from "./Feed";
import { Schedules } from "./Schedules";
import { Tokens } from "./Tokens";
import { Webhooks } from "./Webhooks";
import "./integrations.css";

/** What leaves the house: reports by the clock; for administrators webhooks and the tokens of other programs. */
export function OutsidePage({ user }: { user: User }) {
  const { t } = useTranslation();
  usePageTitle(t("outside.title"));
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("outside.title")}</h1>
        <a href="/openapi/v1.json" className="sub">
          OpenAPI
        </a>
      </div>
      <Schedules />
      {may(user, "integrations:manage") && (
        <>
          <Feed />
          <Webhooks />
          <Tokens />
        </>
      )}
    </div>
  );
}
