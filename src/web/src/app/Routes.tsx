import { Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch } from "wouter";
import { LoginPage } from "../features/access/LoginPage";
import { seesFloor, takesCalls, useUser } from "../features/access/session";
import { DeskPage } from "../features/agents/DeskPage";
import { FloorPage } from "../features/supervision/FloorPage";
import { Empty, Failure } from "../ui/Notice";
import { Shell } from "./Shell";

export function Routes() {
  const { t } = useTranslation();
  const user = useUser();
  if (user.isPending) return <Loader className="boot" size="sm" aria-label={t("common.loading")} />;
  if (user.isError)
    return (
      <main className="page">
        <Failure error={user.error} onRetry={() => void user.refetch()} />
      </main>
    );
  if (user.data === null) return <LoginPage />;
  return (
    <Shell user={user.data}>
      <Switch>
        <Route path="/">
          {seesFloor(user.data) ? <FloorPage /> : takesCalls(user.data) ? <Redirect to="/desk" /> : <NoFloor />}
        </Route>
        <Route path="/desk">
          <DeskPage />
        </Route>
        <Route path="/login">
          <Redirect to="/" />
        </Route>
        <Route>
          <Empty title={t("common.notFound")}>{t("common.notFoundText")}</Empty>
        </Route>
      </Switch>
    </Shell>
  );
}

function NoFloor() {
  const { t } = useTranslation();
  return <Empty title={t("failure.forbidden")}>{t("floor.forbidden")}</Empty>;
}
