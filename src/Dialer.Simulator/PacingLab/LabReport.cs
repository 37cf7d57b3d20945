using System.Globalization;
using System.Text;

namespace Dialer.Simulator.PacingLab;

/// <summary>One section of the lab's findings: a table in Markdown and, where it helps, a plot.</summary>
public sealed class LabReport(string title, string intro)
{
    private readonly StringBuilder _text = new($"# {title}\n\n{intro}\n\n");
    private readonly List<Outcome> _kept = [];

    public IReadOnlyList<Outcome> Kept => _kept;

    public void Heading(string text) => _text.Append(CultureInfo.InvariantCulture, $"\n## {text}\n\n");

    public void Paragraph(string text) => _text.Append(CultureInfo.InvariantCulture, $"{text}\n\n");

    public void Header(params string[] columns)
    {
        _text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", columns)} |\n|{string.Concat(Enumerable.Repeat("---|", columns.Length))}\n");
    }

    public void Row(params string[] cells) => _text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");

    public void Keep(Outcome outcome) => _kept.Add(outcome);

    public override string ToString() => _text.ToString();

    /// <summary>"84.1 ± 0.2 (2.93)": utilisation with its margin, and abandonment; "none" when no controller of the family stayed within the cap. An abandonment above the cap is marked.</summary>
    public static string Show(Outcome? outcome) => outcome is null ? "none within the cap"
        : $"{Number(outcome.Utilisation.Mean, Digits(outcome.Utilisation))} ± {Number(outcome.Utilisation.Margin, Digits(outcome.Utilisation))} ({Number(outcome.Abandonment, "0.00")}{(outcome.Complies ? "" : " over")})";

    public static string Show(Estimate estimate) => $"{Number(estimate.Mean, Digits(estimate) == "0.0" ? "+0.0;-0.0;0.0" : "+0.00;-0.00;0.00")} ± {Number(estimate.Margin, Digits(estimate))}";

    /// <summary>A second digit where the margin would be rounded away.</summary>
    private static string Digits(Estimate estimate) => estimate.Margin < 0.1 ? "0.00" : "0.0";

    public static string Number(double value, string format = "0.0") => value.ToString(format, CultureInfo.InvariantCulture);
}
