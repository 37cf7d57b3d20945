using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dialer.Host.Demo;

/// <summary>Another process of this program, its output kept in a log file.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private const int TerminateSignal = 15; // SIGTERM

    private readonly Process _process;
    private readonly StreamWriter _log;

    private DemoProcess(string name, Process process, StreamWriter log) => (Name, _process, _log) = (name, process, log);

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public static DemoProcess Start(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(DemoProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        void Keep(object _, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
                lock (log)
                    log.WriteLine(line.Data);
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new DemoProcess(name, process, log);
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public void Terminate() => _ = Signal(_process.Id, TerminateSignal);

    /// <summary>SIGTERM, five seconds of patience, then SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        await _log.DisposeAsync();
    }

    /// <summary>kill(2): .NET itself can only send SIGKILL, and slim images have no kill program.</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int process, int signal);
}
