using System.Diagnostics;

namespace Dialer.Simulator.Tests;

/// <summary>Runs a Node program of one of the repository's test folders, with <c>npm ci</c> first where its packages are missing.</summary>
internal static class NodeProgram
{
    public static async Task<(int Code, string Output)> RunAsync(string folder, string package, string program, string arguments, params (string Name, string Value)[] environment)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Dialer.sln")))
            root = root.Parent;
        var path = Path.Combine(root.ShouldNotBeNull().FullName, "tests", folder);
        if (!Directory.Exists(Path.Combine(path, "node_modules", package)))
            (await StartAsync("npm", "ci --no-audit --no-fund", path, [])).ShouldBe((0, string.Empty), "npm ci");
        return await StartAsync(program, arguments, path, environment);
    }

    private static async Task<(int Code, string Output)> StartAsync(string program, string arguments, string folder, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start).ShouldNotBeNull();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(150));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.ExitCode == 0 ? string.Empty : await output + await errors);
    }
}
