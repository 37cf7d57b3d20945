using System.Text;

namespace Dialer.Benchmarks.Network;

/// <summary>Lines of Markdown, printed when all is measured.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    /// <summary>What else the machine was doing: a busy one makes every wall-clock figure smaller.</summary>
    public static string Machine => $"{Environment.ProcessorCount} processors, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}";

    public void Line(string text = "") => _text.Append(text).Append('\n');

    public override string ToString() => _text.ToString();
}
