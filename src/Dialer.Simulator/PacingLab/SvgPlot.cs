using System.Globalization;
using System.Text;

namespace Dialer.Simulator.PacingLab;

/// <summary>One line of a plot: a name and points (x, y, half of the confidence interval of y or 0).</summary>
public sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y, double Margin)> Points);

/// <summary>A line plot as SVG, with error bars and its own legend; no more than the lab's reports need.</summary>
public static class SvgPlot
{
    private const int Width = 760, Height = 420, Left = 60, Right = 190, Top = 40, Bottom = 50;
    private static readonly string[] Colours = ["#0b6e99", "#c0392b", "#7f8c8d", "#27ae60", "#8e44ad", "#d68910", "#2c3e50"];

    /// <param name="logarithmic">Whether x is drawn by its logarithm.</param>
    public static string Draw(string title, string xName, string yName, IReadOnlyList<PlotSeries> series, bool logarithmic = false)
    {
        var points = series.SelectMany(one => one.Points).ToList();
        double xLow = points.Min(point => point.X), xHigh = points.Max(point => point.X);
        double yLow = Math.Floor(points.Min(point => point.Y - point.Margin) / 5) * 5, yHigh = Math.Ceiling(points.Max(point => point.Y + point.Margin) / 5) * 5;
        if (yHigh <= yLow)
            yHigh = yLow + 1;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-size=\"15\">{Escape(title)}</text>\n");
        Axes(svg, points.Select(point => point.X).Distinct().Order().ToList(), X, yLow, yHigh, Y);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">{Escape(xName)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(16 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Escape(yName)}</text>\n");
        for (var i = 0; i < series.Count; i++)
            Line(svg, series[i], i, X, Y);
        return svg.Append("</svg>\n").ToString();

        double X(double x)
        {
            var share = logarithmic ? (Math.Log(x) - Math.Log(xLow)) / (Math.Log(xHigh) - Math.Log(xLow)) : (x - xLow) / (xHigh - xLow);
            return Left + share * (Width - Left - Right);
        }

        double Y(double y) => Height - Bottom - (y - yLow) / (yHigh - yLow) * (Height - Top - Bottom);
    }

    private static void Axes(StringBuilder svg, List<double> xs, Func<double, double> toX, double yLow, double yHigh, Func<double, double> toY)
    {
        for (var i = 0; i <= 5; i++)
        {
            var y = yLow + (yHigh - yLow) * i / 5;
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{toY(y):0.0}\" y2=\"{toY(y):0.0}\" stroke=\"#ddd\"/><text x=\"{Left - 6}\" y=\"{toY(y) + 4:0.0}\" text-anchor=\"end\">{y:0.#}</text>\n");
        }

        var last = double.NegativeInfinity;
        foreach (var x in xs)
        {
            if (toX(x) - last < 34)
                continue;
            last = toX(x);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{last:0.0}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{x:0.##}</text>\n");
        }
    }

    private static void Line(StringBuilder svg, PlotSeries series, int index, Func<double, double> toX, Func<double, double> toY)
    {
        var colour = Colours[index % Colours.Length];
        var path = string.Join(' ', series.Points.Select((point, i) => string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{toX(point.X):0.0} {toY(point.Y):0.0}")));
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
        foreach (var (x, y, margin) in series.Points.Count <= 40 ? series.Points : [])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{toX(x):0.0}\" cy=\"{toY(y):0.0}\" r=\"3\" fill=\"{colour}\"/>");
            if (margin > 0)
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{toX(x):0.0}\" x2=\"{toX(x):0.0}\" y1=\"{toY(y - margin):0.0}\" y2=\"{toY(y + margin):0.0}\" stroke=\"{colour}\"/>");
            svg.Append('\n');
        }

        var row = Top + 10 + index * 20;
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Width - Right + 14}\" y=\"{row - 9}\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{Width - Right + 32}\" y=\"{row + 2}\">{Escape(series.Name)}</text>\n");
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
