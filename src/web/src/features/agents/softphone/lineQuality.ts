export type Quality = "good" | "fair" | "poor";

const kept = 5;

/**
 * What a line sounds like, from the opinion scores (1 to 4.5) that the SDK estimates each second from delay, jitter and loss.
 * Levels as Twilio's Voice Insights has them (4 and above: good; 3.5: fair), over the mean of five seconds, so that one bad second is no news.
 */
export class LineQuality {
  private readonly scores: number[] = [];
  private told: Quality | null = null;

  /** The level when it has changed with this score, else null. Seconds without a score say nothing. */
  add(score: number | null | undefined): Quality | null {
    if (typeof score !== "number" || !Number.isFinite(score)) return null;
    this.scores.push(score);
    if (this.scores.length > kept) this.scores.shift();
    if (this.scores.length < kept) return null;
    const mean = this.scores.reduce((sum, each) => sum + each, 0) / kept;
    const level = mean >= 4 ? "good" : mean >= 3.5 ? "fair" : "poor";
    if (level === this.told) return null;
    this.told = level;
    return level;
  }
}
