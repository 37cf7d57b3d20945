using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dialer.Twilio.Twiml;

/// <summary>The templates in use. Read whole at start; in development read again when a file changes, and kept as they were if the new ones are not valid.</summary>
public sealed class TemplateStore : IHostedService, IDisposable
{
    private readonly string _folder;
    private readonly string? _audio;
    private readonly ILogger<TemplateStore> _log;
    private readonly FileSystemWatcher? _watcher;
    private volatile TwimlTemplates _current;

    public TemplateStore(IOptions<TemplateOptions> options, ILogger<TemplateStore> log)
    {
        _log = log;
        _folder = Path.IsPathRooted(options.Value.Path) ? options.Value.Path : Path.Combine(AppContext.BaseDirectory, options.Value.Path);
        _audio = options.Value.AudioFolder;
        _current = TwimlTemplates.Load(_folder, _audio);
        if (!options.Value.Reload)
            return;
        _watcher = new FileSystemWatcher(_folder) { IncludeSubdirectories = true };
        _watcher.Changed += (_, _) => Reload();
        _watcher.Created += (_, _) => Reload();
        _watcher.Deleted += (_, _) => Reload();
        _watcher.Renamed += (_, _) => Reload();
    }

    public TwimlTemplates Current => _current;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watcher?.EnableRaisingEvents = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _watcher?.EnableRaisingEvents = false;
        return Task.CompletedTask;
    }

    public void Dispose() => _watcher?.Dispose();

    private void Reload()
    {
        try
        {
            _current = TwimlTemplates.Load(_folder, _audio);
            _log.LogInformation("TwiML templates were read again.");
        }
        catch (Exception e) when (e is TemplateException or IOException)
        {
            _log.LogWarning("TwiML templates changed but are not valid; the old ones stay. {Errors}", e.Message);
        }
    }
}
