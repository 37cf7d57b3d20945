using System.Diagnostics;

namespace Dialer.Benchmarks.Floor;

/// <summary>The built screens, and the browser that looks at them.</summary>
internal static class Screens
{
    /// <summary>Puts the screens that <c>npm run build</c> in src/web made where this program's web root is.</summary>
    public static void Bring()
    {
        var there = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (File.Exists(Path.Combine(there, "index.html")))
            return;
        var built = Path.Combine(Root, "src", "Dialer.Host", "wwwroot");
        if (!File.Exists(Path.Combine(built, "index.html")))
            throw new InvalidOperationException("The screens are not built: run `npm ci && npm run build` in src/web.");
        if (Directory.Exists(there))
            Directory.Delete(there, recursive: true);
        Directory.CreateSymbolicLink(there, built);
    }

    /// <summary>Runs a project of tests/e2e, its words on standard error. Returns its exit code; a cancelled one is killed with its browser.</summary>
    public static async Task<int> PlaywrightAsync(string project, CancellationToken cancel, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("npx", ["playwright", "test", $"--project={project}"]) { UseShellExecute = false, WorkingDirectory = Path.Combine(Root, "tests", "e2e"), RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("npx did not start.");
        await using var end = cancel.Register(() => process.Kill(entireProcessTree: true));
        await Task.WhenAll(PassOnAsync(process.StandardOutput), PassOnAsync(process.StandardError));
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static async Task PassOnAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line)
            await Console.Error.WriteLineAsync(line);
    }

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dialer.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("This program runs from the repository.");
        }
    }
}
