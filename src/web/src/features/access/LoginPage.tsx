import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type SyntheticEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../../app/http";
import { LanguageButton, ThemeButton } from "../../app/Shell";
import { Failure, Notice } from "../../ui/Notice";
import { useSignIn } from "./session";
import "./login.css";

export function LoginPage() {
  const { t } = useTranslation();
  const [userName, setUserName] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  useEffect(() => {
    document.title = `${t("login.title")} · Dialer`;
  }, [t]);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    signIn.mutate({ userName: userName.trim(), password });
  };
  const refused = signIn.error instanceof ApiProblem && signIn.error.status === 401;
  return (
    <main className="login">
      <form className="panel login-card" onSubmit={submit} aria-labelledby="login-title">
        <div className="login-head">
          <h1 id="login-title">{t("login.title")}</h1>
          <LanguageButton />
          <ThemeButton />
        </div>
        {refused && (
          <Notice kind="bad" title={t("login.refused")}>
            {t("login.refusedText")}
          </Notice>
        )}
        {signIn.isError && !refused && <Failure error={signIn.error} />}
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
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t("login.submit")}
        </Button>
      </form>
    </main>
  );
}
