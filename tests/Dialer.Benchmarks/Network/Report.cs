using System.Text;

namespace Dialer.Benchmarks.Network;

/// <summary>Lines of Markdown, printed when all is measured.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public void Line(string text = "") => _text.Append(text).Append('\n');

    public override string ToString() => _text.ToString();
}
