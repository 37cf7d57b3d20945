import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../ui/Notice";
import { type Connection, tryConnection } from "./connection";

type Result = "idle" | "asking" | "listening" | "heard" | "refused" | "missing";

/** Speak, and see that it is heard; hear a tone; ask the server a few times. Says in plain words what is wrong before the first caller does. */
export function DeviceCheck() {
  const { t } = useTranslation();
  const [result, setResult] = useState<Result>("idle");
  const [level, setLevel] = useState(0);
  const [connection, setConnection] = useState<Connection | "asking" | null>(null);
  const end = useRef<() => void>(() => undefined);
  useEffect(() => () => end.current(), []);

  const listen = async () => {
    end.current();
    setResult("asking");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const audio = new AudioContext();
      const analyser = audio.createAnalyser();
      audio.createMediaStreamSource(stream).connect(analyser);
      const samples = new Uint8Array(analyser.fftSize);
      const timer = setInterval(() => {
        analyser.getByteTimeDomainData(samples);
        const peak = samples.reduce((most, each) => Math.max(most, Math.abs(each - 128)), 0) / 128;
        setLevel(peak);
        if (peak > 0.1) setResult("heard");
      }, 100);
      end.current = () => {
        clearInterval(timer);
        for (const track of stream.getTracks()) track.stop();
        void audio.close();
      };
      setResult("listening");
    } catch (error) {
      setResult(error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "missing");
    }
  };
  const tone = () => {
    const audio = new AudioContext();
    const source = audio.createOscillator();
    const gain = audio.createGain();
    gain.gain.value = 0.1;
    source.connect(gain).connect(audio.destination);
    source.start();
    source.stop(audio.currentTime + 0.6);
    source.onended = () => void audio.close();
  };
  return (
    <section className="devices" aria-label={t("devices.title")}>
      <div className="dock-steps">
        <Button size="compact-sm" variant="default" onClick={() => void listen()}>
          {t("devices.microphone")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={tone}>
          {t("devices.speaker")}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={connection === "asking"}
          onClick={() => {
            setConnection("asking");
            void tryConnection().then(setConnection);
          }}
        >
          {t("devices.network")}
        </Button>
      </div>
      {(result === "listening" || result === "heard") && (
        <meter aria-label={t("devices.level")} min={0} max={1} value={level} />
      )}
      {result !== "idle" && result !== "asking" && (
        <Notice kind={result === "heard" ? "good" : result === "listening" ? "info" : "bad"}>
          {t(`devices.result.${result}`)}
        </Notice>
      )}
      {connection && connection !== "asking" && (
        <Notice kind={connection.level === "good" ? "good" : connection.level === "slow" ? "warn" : "bad"}>
          {t(`devices.connection.${connection.level}`, { ms: connection.ms })}
        </Notice>
      )}
    </section>
  );
}
