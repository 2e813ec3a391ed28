"""Spanish, as spoken in Latin America. Codes of the catalogue of errors are keys as well."""

WORDS = {
    "above": "Por encima del umbral, por eso ella va primero; esto no es un diagnóstico: "
    "mida la presión arterial con un tensiómetro.",
    "below": "Por debajo del umbral, lo que no descarta presión arterial alta; esto no es un "
    "diagnóstico: mida la presión arterial con un tensiómetro como siempre.",
    "abstained": "No se da una probabilidad ({why}); grabe otra vez si puede; esto no es un "
    "diagnóstico: mida la presión arterial con un tensiómetro.",
    "signal": "{good:.0f} s de buena señal, se necesitan {needed:.0f} s",
    "refused": "Sin evaluar: {what}.",
    "not screened": "sin evaluar ({code})",
    "above threshold": "por encima del umbral",
    "below threshold": "por debajo del umbral",
    "answer": "{band}: probabilidad {probability:.3f} (umbral {threshold:.3f})",
    "ppv": "donde {prevalence:.0f} de cada 100 mujeres tienen presión arterial alta, unas "
    "{value:.0f} de cada 100 por encima del umbral la tienen",
    "npv": "donde {prevalence:.0f} de cada 100 mujeres tienen presión arterial alta, unas "
    "{value:.0f} de cada 100 por debajo del umbral no la tienen",
    "no answer": "sin probabilidad ({reasons})",
    "no rate": "frecuencia cardíaca: no encontrada",
    "rate": "frecuencia cardíaca: {mean:.0f} lpm",
    "short term": ", variabilidad a corto plazo {value:.1f} ms",
    "long term": ", variabilidad a largo plazo {value:.1f} ms",
    "windows": "ventanas: {usable} de {all} utilizables; modelo {name} {version}, entrenado con "
    "datos {data}",
    "simulated": "simulados",
    "recorded": "reales",
    "A-SILENT": "la mayor parte de la grabación es silencio: ¿está conectada la sonda?",
    "A-TALKING": "la mayor parte de la grabación es habla o ruido de la sala",
    "A-INTERFERENCE": "la mayor parte de la grabación tiene interferencia de radio",
    "A-NO-FETAL-SIGNAL": "la mayor parte de la grabación no tiene latido fetal: mueva la sonda y "
    "tome el pulso de la madre, que quizá es lo que se oye",
    "A-CLIPPED": "la mayor parte de la grabación está saturada",
    "A-LITTLE-SIGNAL": "hay muy pocas ventanas buenas para una probabilidad",
    "A-MATERNAL-PULSE": "el único pulso encontrado está en el rango de la madre: tómele el pulso "
    "y mueva la sonda",
    "A-NO-HEARTBEAT": "no se encontró frecuencia cardíaca fetal",
    "A-UNCERTAIN": "el sonido no permite decidir entre los dos grupos",
    "E-NOT-FOUND": "el archivo no existe",
    "E-IS-DIRECTORY": "se dio una carpeta en lugar de un archivo",
    "E-UNREADABLE": "el sistema no deja leer el archivo",
    "E-EMPTY": "el archivo está vacío",
    "E-NOT-AUDIO": "el contenido no es audio que se pueda leer",
    "E-TRUNCATED": "el archivo está incompleto",
    "E-DAMAGED": "el archivo está dañado",
    "E-CHANNELS": "el número de canales no está entre 1 y 8",
    "E-SAMPLE-RATE": "la frecuencia de muestreo no está entre 1 kHz y 192 kHz",
    "E-TOO-SHORT": "la grabación es más corta que una ventana de 3,75 s",
    "E-TOO-LONG": "la grabación es más larga que el límite",
    "E-TOO-BIG": "el archivo es más grande que el límite",
    "E-NOT-FINITE": "hay muestras que no son números",
    "E-CONSTANT": "todas las muestras son iguales",
    "E-NO-RATE": "el archivo no dice su frecuencia de muestreo",
    "E-NO-SIGNAL": "el archivo no tiene esa señal",
    "E-DUPLICATE": "la misma grabación está dos veces",
    "E-BUG": "un error nuestro; por favor, avísenos",
}
