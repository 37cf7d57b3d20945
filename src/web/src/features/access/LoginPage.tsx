import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../../app/http";
import { LanguageButton, ThemeButton } from "../../app/Shell";
import { Failure, Notice } from "../../ui/Notice";
import { elsewhereQuery, useSignIn } from "./session";
import "./login.css";

const reasons = ["stale", "refused", "failed", "unknown", "second-factor", "network"];

/** Why the identity provider's answer was not good enough. Only words of our own are shown: anybody can write an address. */
function reasonInAddress(): string | null {
  const reason = new URLSearchParams(window.location.search).get("signin");
  return reason !== null && reasons.includes(reason) ? reason : null;
}

export function LoginPage() {
  const { t } = useTranslation();
  const [userName, setUserName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const signIn = useSignIn();
  const elsewhere = useQuery(elsewhereQuery).data;
  const [sentBack] = useState(reasonInAddress);
  useEffect(() => {
    document.title = `${t("login.title")} · Dialer`;
  }, [t]);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    signIn.mutate({ userName: userName.trim(), password, ...(code ? { code: code.trim() } : {}) });
  };
  const problem = signIn.error instanceof ApiProblem && signIn.error.status === 401 ? signIn.error : null;
  const asksCode = problem?.code === "CODE_NEEDED" || problem?.code === "CODE_WRONG" || code !== "";
  const refused = problem !== null && !problem.code;
  return (
    <main className="login">
      <form className="panel login-card" onSubmit={submit} aria-labelledby="login-title">
        <div className="login-head">
          <h1 id="login-title">{t("login.title")}</h1>
          <LanguageButton />
          <ThemeButton />
        </div>
        {sentBack && !signIn.isError && (
          <Notice kind="bad" title={t("login.refused")}>
            {t(`login.sentBack.${sentBack}`)}
          </Notice>
        )}
        {refused && (
          <Notice kind="bad" title={t("login.refused")}>
            {t("login.refusedText")}
          </Notice>
        )}
        {problem?.code && (
          <Notice kind={problem.code === "CODE_WRONG" ? "bad" : "info"} title={t("login.codeNeeded")}>
            {t(problem.code === "CODE_WRONG" ? "login.codeWrong" : "login.codeNeededText")}
          </Notice>
        )}
        {signIn.isError && problem === null && <Failure error={signIn.error} />}
        <TextInput
          label={t("login.userName")}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          value={userName}
          onChange={(event) => setUserName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("login.password")}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("login.showPassword") }}
        />
        {asksCode && (
          <TextInput
            label={t("login.code")}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t("login.submit")}
        </Button>
        {elsewhere?.enabled && (
          <Button component="a" href="/api/v1/access/openid/start" variant="default" fullWidth>
            {t("login.elsewhere", { name: elsewhere.name || t("login.provider") })}
          </Button>
        )}
      </form>
    </main>
  );
}
