import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ask } from "../../app/http";
import { Failure, Notice } from "../../ui/Notice";
import { QrCode } from "./QrCode";
import { useSignOut } from "./session";
import "./login.css";

const offerSchema = z.object({ secret: z.string(), uri: z.string() });

/** A supervisor without a second factor may do nothing but set one up. */
export function EnrolPage() {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const signOut = useSignOut();
  const offer = useMutation({
    mutationFn: () => ask("/api/v1/access/second-factor", { method: "POST", body: {}, schema: offerSchema }),
  });
  const confirm = useMutation({
    mutationFn: () => ask("/api/v1/access/second-factor/confirm", { method: "POST", body: { code: code.trim() } }),
  });
  return (
    <main className="login">
      <form
        className="panel login-card"
        aria-labelledby="enrol-title"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate();
        }}
      >
        <h1 id="enrol-title">{t("factor.title")}</h1>
        <p className="muted">{t("factor.text")}</p>
        {offer.data ? (
          <>
            <QrCode text={offer.data.uri} label={t("factor.picture")} />
            <TextInput label={t("factor.key")} readOnly value={offer.data.secret} />
            <a href={offer.data.uri}>{offer.data.uri.split("?")[0]}</a>
            <TextInput
              label={t("login.code")}
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button type="submit" loading={confirm.isPending}>
              {t("factor.confirm")}
            </Button>
          </>
        ) : (
          <Button loading={offer.isPending} onClick={() => offer.mutate()}>
            {t("factor.make")}
          </Button>
        )}
        {offer.isError && <Failure error={offer.error} />}
        {confirm.isError && <Failure error={confirm.error} />}
        {confirm.isSuccess && (
          <Notice
            kind="good"
            title={t("factor.done")}
            side={
              <Button size="compact-sm" onClick={() => signOut.mutate()}>
                {t("shell.signOut")}
              </Button>
            }
          />
        )}
      </form>
    </main>
  );
}
